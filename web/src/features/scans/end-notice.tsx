import type { Scan } from "../../api/types";
import { count, counted } from "../../shared/format/number";
import { duration } from "../../shared/format/time";
import { ranFor } from "../../shared/scan/describe";
import { Message } from "../../shared/ui/message";
import styles from "./detail-page.module.css";

/** What came of a scan, in a sentence or two. */
export function EndNotice({ scan }: { scan: Scan }) {
  const ran = ranFor(scan);
  const found = `Found ${counted(scan.progress.hosts_up, "host")} and ${counted(scan.progress.ports_open, "open port")}${ran === null ? "" : ` in ${duration(ran)}`}.`;
  const { summary } = scan;
  return (
    <div role="status">
      <Message kind={scan.status === "failed" ? "error" : scan.partial ? "warning" : "info"} title={title(scan)}>
        <p>{scan.discarded ? `${found} It was discarded: the inventory is as it was before.` : found}</p>
        {summary && !scan.discarded ? (
          <p className={styles["dim"]}>
            In the inventory: {count(summary.added)} added, {count(summary.updated)} updated, {count(summary.deleted)} deleted.
          </p>
        ) : null}
        {scan.partial && !scan.discarded ? <p>{rest(scan)}</p> : null}
      </Message>
    </div>
  );
}

function title(scan: Scan): string {
  if (scan.status === "failed") return `The scan stopped: ${scan.error ?? "no reason was given"}`;
  if (scan.status === "cancelled") return scan.discarded ? "Cancelled, and discarded" : "Cancelled; what was found is kept";
  return scan.partial ? "Completed in part" : "Completed";
}

function rest(scan: Scan): string {
  const { pending, failed } = scan.units;
  const parts = [
    ...(pending > 0 ? [`${counted(pending, "unit")} not done: Resume does the rest`] : []),
    ...(failed > 0 ? [`${counted(failed, "unit")} failed: Retry does them again`] : []),
  ];
  return parts.length === 0 ? "Not everything that was asked is known." : `Not everything that was asked is known. ${parts.join("; ")}.`;
}
