import { Link } from "@tanstack/react-router";

import type { Scan } from "../../api/types";
import { count, counted, percent, rate } from "../format/number";
import { duration } from "../format/time";
import { Progress } from "../ui/progress";
import { Status } from "../ui/status";
import { rateOf, targetsOf } from "./describe";
import styles from "./job-card.module.css";

/** A scan under way: what it does, how far it is, how much longer. */
export function JobCard({ scan }: { scan: Scan }) {
  const { progress } = scan;
  const speed = rateOf(scan);
  const left = progress.estimated_remaining_ms;
  return (
    <article className={styles["job"]} aria-label={`Scan of ${targetsOf(scan)}`}>
      <div className={styles["line"]}>
        <Status status={scan.status} />
        <Link to="/scans/$id" params={{ id: scan.id }} className={styles["name"]}>
          {targetsOf(scan)}
        </Link>
        <span className={styles["dim"]}>ports {scan.request.ports ?? "top100"}</span>
        <span>{percent(progress.percent_complete)}</span>
      </div>
      <Progress label={`Progress of the scan of ${targetsOf(scan)}`} value={progress.percent_complete} />
      <div className={`${styles["line"]} ${styles["dim"]}`}>
        <span>{counted(progress.hosts_up, "host")} up</span>
        <span>{counted(progress.ports_open, "open port")}</span>
        <span>
          {count(progress.ports_scanned)} of {count(progress.total_ports)} probes
        </span>
        {speed === null ? null : <span>{rate(speed)}</span>}
        <span>{scan.status === "queued" ? (scan.pending_reason ?? "waits for its turn") : left ? `about ${duration(left)} left` : "time left not known yet"}</span>
        {scan.warnings?.length ? <span>{counted(scan.warnings.length, "warning")}</span> : null}
      </div>
    </article>
  );
}
