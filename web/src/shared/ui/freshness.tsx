import { clock, ago } from "../format/time";
import { useConnection } from "../live/connection";
import styles from "./freshness.module.css";
import { useNow } from "./use-now";

interface FreshnessProps {
  /** When the data was last known to be the server's, in Unix milliseconds. */
  asOf: number | undefined;
  /** Whether events keep it current; `polled`: it is read anew now and then; false: it changes no more. */
  live?: boolean | "polled";
}

/** Says how old a panel's data is. */
export function Freshness({ asOf, live = true }: FreshnessProps) {
  const { state, since } = useConnection();
  const now = useNow();
  if (asOf === undefined) return <Words kind="waiting">loading</Words>;
  if (live === "polled" && state === "lost") return <Words kind="stale">stale since {clock(asOf)}</Words>;
  if (live !== true) return <Words kind="live">as of {clock(asOf)}</Words>;
  if (state === "live") return <Words kind="live">live</Words>;
  if (state === "polling") return <Words kind="live">{ago(asOf, now)}</Words>;
  if (state === "lost") return <Words kind="stale">stale since {clock(Math.min(since, now))}</Words>;
  return <Words kind="waiting">as of {clock(asOf)}</Words>;
}

function Words({ kind, children }: { kind: "live" | "stale" | "waiting"; children: React.ReactNode }) {
  return (
    <span className={`${styles["freshness"]} ${styles[kind] ?? ""}`}>
      <span className={styles["dot"]} aria-hidden="true" />
      <span>{children}</span>
    </span>
  );
}
