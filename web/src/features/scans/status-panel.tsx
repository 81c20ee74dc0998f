import type { ReactNode } from "react";

import type { Scan } from "../../api/types";
import { count, percent, rate } from "../../shared/format/number";
import { duration } from "../../shared/format/time";
import { ended, rateOf, targetsOf } from "../../shared/scan/describe";
import { Facts } from "../../shared/ui/facts";
import { Panel } from "../../shared/ui/panel";
import { Progress } from "../../shared/ui/progress";
import { Status, StatusTags } from "../../shared/ui/status";
import { rateNow, type Sample } from "./detail-live";
import styles from "./detail-page.module.css";

interface StatusPanelProps {
  scan: Scan;
  samples: readonly Sample[];
  fresh: ReactNode;
}

/** Where a scan is: what it does now, how far, how fast, how much longer, what failed. */
export function StatusPanel({ scan, samples, fresh }: StatusPanelProps) {
  const { progress, units } = scan;
  const over = ended(scan);
  const speed = over ? rateOf(scan) : (rateNow(samples) ?? rateOf(scan));
  return (
    <Panel title="Progress" aside={fresh}>
      <div className={styles["status"]}>
        <p className={styles["line"]}>
          <Status status={scan.status} />
          <StatusTags scan={scan} />
          <span className={styles["dim"]}>{doing(scan)}</span>
          <span className={styles["percent"]}>{percent(progress.percent_complete)}</span>
        </p>
        <Progress label={`Progress of the scan of ${targetsOf(scan)}`} value={progress.percent_complete} ended={over} />
        <Facts
          look="four"
          facts={[
            { name: "Hosts up", value: count(progress.hosts_up) },
            { name: "Open ports", value: count(progress.ports_open) },
            { name: "Addresses done", value: `${count(progress.hosts_scanned)} of ${count(progress.total_hosts)}` },
            { name: "Probes done", value: `${count(progress.ports_scanned)} of ${count(progress.total_ports)}` },
            { name: over ? "Mean rate" : "Rate", value: rate(speed) },
            { name: over ? "Took" : "Running for", value: duration(progress.elapsed_ms) },
            ...(over ? [] : [{ name: "Time left", value: progress.estimated_remaining_ms ? `about ${duration(progress.estimated_remaining_ms)}` : "not known yet" }]),
            { name: "Units done / failed / pending", value: `${count(units.done)} / ${count(units.failed)} / ${count(units.pending)}` },
          ]}
        />
      </div>
    </Panel>
  );
}

function doing(scan: Scan): string {
  switch (scan.status) {
    case "queued":
      return scan.pending_reason ?? "Waits for its turn.";
    case "running":
      return scan.progress.hosts_up === 0 && scan.request.discovery !== false ? "Looks for hosts." : "Probes ports.";
    case "completed":
      return "Ran to its end.";
    case "cancelled":
    case "failed":
      return scan.error ?? "";
  }
}
