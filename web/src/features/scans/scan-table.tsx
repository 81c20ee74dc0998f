import { Link } from "@tanstack/react-router";

import type { Scan } from "../../api/types";
import { count, percent } from "../../shared/format/number";
import { duration, moment } from "../../shared/format/time";
import { ended, ranFor, targetsOf } from "../../shared/scan/describe";
import { Progress } from "../../shared/ui/progress";
import { Status, StatusTags } from "../../shared/ui/status";
import { activeFirst } from "./list-live";
import styles from "./list-page.module.css";

/** Scans, one per row. */
export function ScanTable({ scans, label = "Scans" }: { scans: readonly Scan[]; label?: string }) {
  return (
    <div className={styles["scroll"]}>
      <table className={styles["table"]} aria-label={label}>
        <thead>
          <tr>
            <th scope="col">Status</th>
            <th scope="col">Targets</th>
            <th scope="col">Ports</th>
            <th scope="col">Progress</th>
            <th scope="col" className={styles["end"]}>
              Hosts up
            </th>
            <th scope="col" className={styles["end"]}>
              Open ports
            </th>
            <th scope="col" className={styles["end"]}>
              Took
            </th>
            <th scope="col" className={styles["end"]}>
              Asked
            </th>
          </tr>
        </thead>
        <tbody>
          {activeFirst(scans).map((scan) => (
            <ScanRow key={scan.id} scan={scan} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ScanRow({ scan }: { scan: Scan }) {
  const { progress } = scan;
  const ran = ranFor(scan);
  return (
    <tr>
      <td>
        <span className={styles["tags"]}>
          <Status status={scan.status} />
          <StatusTags scan={scan} />
        </span>
      </td>
      <td>
        <Link to="/scans/$id" params={{ id: scan.id }} className={`mono ${styles["target"]}`}>
          {targetsOf(scan)}
        </Link>
        {scan.resumes ? <span className={styles["dim"]}> goes on</span> : null}
      </td>
      <td className="mono">{scan.request.ports ?? "top100"}</td>
      <td>
        <div className={styles["bar"]}>
          <Progress label={`Progress of the scan of ${targetsOf(scan)}`} value={progress.percent_complete} ended={ended(scan)} />
          <span className={styles["dim"]}>
            {percent(progress.percent_complete)}
            {progress.estimated_remaining_ms ? `, about ${duration(progress.estimated_remaining_ms)} left` : ""}
          </span>
        </div>
      </td>
      <td className={styles["end"]}>{count(progress.hosts_up)}</td>
      <td className={styles["end"]}>{count(progress.ports_open)}</td>
      <td className={styles["end"]}>{ran === null ? "–" : duration(ran)}</td>
      <td className={styles["end"]}>{moment(scan.created_at)}</td>
    </tr>
  );
}
