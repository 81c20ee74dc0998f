import { Link } from "@tanstack/react-router";

import type { Scan } from "../../api/types";
import { count } from "../../shared/format/number";
import { ago, duration } from "../../shared/format/time";
import { ranFor, targetsOf } from "../../shared/scan/describe";
import { Empty } from "../../shared/ui/empty";
import { Facts } from "../../shared/ui/facts";
import { Status, StatusTags } from "../../shared/ui/status";
import { useNow } from "../../shared/ui/use-now";
import styles from "./overview-page.module.css";

/** What came of the scan that ended last. */
export function LastScan({ scan }: { scan: Scan | null }) {
  const now = useNow(10_000);
  if (scan === null) {
    return <Empty title="No scan has ended yet">What the last scan found shows here.</Empty>;
  }
  const ran = ranFor(scan);
  return (
    <div className={styles["last"]}>
      <p className={styles["line"]}>
        <Status status={scan.status} />
        <StatusTags scan={scan} />
        <Link to="/scans/$id" params={{ id: scan.id }} className="mono">
          {targetsOf(scan)}
        </Link>
        <span className={styles["dim"]}>{scan.ended_at ? ago(scan.ended_at, now) : null}</span>
      </p>
      <Facts
        facts={[
          { name: "Hosts up", value: count(scan.summary?.hosts_up ?? scan.progress.hosts_up) },
          { name: "Open ports", value: count(scan.summary?.ports_open ?? scan.progress.ports_open) },
          { name: "Added", value: count(scan.summary?.added ?? 0) },
          { name: "Updated", value: count(scan.summary?.updated ?? 0) },
          { name: "Deleted", value: count(scan.summary?.deleted ?? 0) },
          { name: "Took", value: ran === null ? "–" : duration(ran) },
        ]}
      />
    </div>
  );
}
