import { percent } from "../format/number";
import styles from "./progress.module.css";

interface ProgressProps {
  /** What is under way, for those who don't see the bar. */
  label: string;
  /** 0 to 100. */
  value: number;
  /** Whether it will move no more. */
  ended?: boolean;
}

/** How far something is. */
export function Progress({ label, value, ended = false }: ProgressProps) {
  const bounded = Math.max(0, Math.min(100, value));
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(bounded)}
      aria-valuetext={percent(bounded)}
      className={styles["track"]}
    >
      <div className={`${styles["fill"]} ${ended ? styles["ended"] : ""}`} style={{ transform: `scaleX(${bounded / 100})` }} />
    </div>
  );
}
