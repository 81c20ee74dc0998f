import type { ReactNode } from "react";

import type { ExecutionStatus, Scan, ScanStatus } from "../../api/types";
import styles from "./status.module.css";

// Each status has its own outline, so that it can be told without colour.
const SHAPES: Record<ScanStatus | ExecutionStatus, ReactNode> = {
  queued: <circle cx="8" cy="8" r="5" strokeDasharray="2.6 2.6" />,
  pending: <circle cx="8" cy="8" r="5" strokeDasharray="2.6 2.6" />,
  running: <path d="M5 3.5 12.5 8 5 12.5Z" fill="currentColor" />,
  completed: <path d="m3 8.5 3.4 3.4L13 4.6" strokeWidth="2" />,
  failed: <path d="m4 4 8 8m0-8-8 8" strokeWidth="2" />,
  cancelled: <path d="M4 4h8v8H4z" />,
  timed_out: <path d="M4 2.8h8M4 13.2h8M5 3c0 5 6 5 6 10M11 3c0 5-6 5-6 10" />,
  skipped: <path d="M3.5 4 8 8l-4.5 4M9 4l4.5 4L9 12" />,
  lost: <path d="M8 2.5 14 13.5H2ZM8 6.6v3.2M8 11.4v.6" />,
};

/** The status of a scan, an execution or a plan as word and shape. */
export function Status({ status }: { status: ScanStatus | ExecutionStatus }) {
  return (
    <span className={`${styles["status"]} ${styles[status] ?? ""}`}>
      <svg viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.6" aria-hidden="true">
        {SHAPES[status]}
      </svg>
      {status.replace("_", " ")}
    </span>
  );
}

/** What is to be known beside the status. */
export function StatusTags({ scan }: { scan: Scan }) {
  return (
    <>
      {scan.partial ? <span className={`${styles["tag"]} ${styles["partial"]}`}>partial</span> : null}
      {scan.discarded ? <span className={`${styles["tag"]} ${styles["discarded"]}`}>discarded</span> : null}
    </>
  );
}
