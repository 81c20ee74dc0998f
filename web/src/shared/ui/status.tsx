import type { ReactNode } from "react";

import type { Scan, ScanStatus } from "../../api/types";
import styles from "./status.module.css";

// Each status has its own outline, so that it can be told without colour.
const SHAPES: Record<ScanStatus, ReactNode> = {
  queued: <circle cx="8" cy="8" r="5" strokeDasharray="2.6 2.6" />,
  running: <path d="M5 3.5 12.5 8 5 12.5Z" fill="currentColor" />,
  completed: <path d="m3 8.5 3.4 3.4L13 4.6" strokeWidth="2" />,
  failed: <path d="m4 4 8 8m0-8-8 8" strokeWidth="2" />,
  cancelled: <path d="M4 4h8v8H4z" />,
};

/** A scan's status as word and shape. */
export function Status({ status }: { status: ScanStatus }) {
  return (
    <span className={`${styles["status"]} ${styles[status] ?? ""}`}>
      <svg viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.6" aria-hidden="true">
        {SHAPES[status]}
      </svg>
      {status}
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
