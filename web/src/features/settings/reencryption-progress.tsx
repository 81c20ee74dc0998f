import { count, percent } from "../../shared/format/number";
import { moment } from "../../shared/format/time";
import { Progress } from "../../shared/ui/progress";
import styles from "./settings.module.css";
import type { Reencryption } from "./types";

const WORDS: Record<string, string> = {
  running: "Everything is being sealed again",
  done: "Everything was sealed again",
  interrupted: "Sealing again was interrupted; it goes on when the folder is opened again",
};

/** How far sealing everything again is, or how it ended. */
export function ReencryptionProgress({ reencryption }: { reencryption: Reencryption }) {
  const { state, rows_done, rows_total, rows_damaged } = reencryption;
  // Rows that came while it ran are looked at too.
  const total = Math.max(rows_total, rows_done);
  const value = total === 0 ? 100 : (100 * rows_done) / total;
  return (
    <div className={`${styles["stack"]} ${styles["inset"]}`}>
      <p>
        {WORDS[state] ?? state} under key {reencryption.key}, since {moment(reencryption.started_at)}: {count(rows_done)} of {count(total)} rows, {percent(value)}.
        {rows_damaged > 0 ? <strong className={styles["warn"]}> {count(rows_damaged)} did not open and were left as they are.</strong> : null}
      </p>
      <Progress label="Sealing again" value={value} ended={state !== "running"} />
    </div>
  );
}
