import { clock } from "../shared/format/time";
import { useConnection, type ConnectionState } from "../shared/live/connection";
import styles from "./connection-indicator.module.css";

const LOOK: Record<ConnectionState, string> = { idle: "", connecting: "", live: "live", polling: "polling", lost: "lost" };

/** Says in words whether events arrive. */
export function ConnectionIndicator() {
  const { state, since } = useConnection();
  return (
    <div role="status" className={`${styles["indicator"]} ${styles[LOOK[state]] ?? ""}`}>
      <span className={styles["mark"]} aria-hidden="true" />
      {words(state, since)}
    </div>
  );
}

function words(state: ConnectionState, since: number): string {
  switch (state) {
    case "live":
      return "Live";
    case "polling":
      return "Polling";
    case "lost":
      return `Lost since ${clock(since)}`;
    case "idle":
    case "connecting":
      return "Connecting…";
  }
}
