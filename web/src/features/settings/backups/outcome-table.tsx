import { duration, moment } from "../../../shared/format/time";
import { Prose } from "../../../shared/ui/prose";
import styles from "../settings.module.css";
import { Table } from "../table";
import type { BackupOutcome } from "../types";
import { jobName } from "./job-words";

const HEADS = [{ name: "Job" }, { name: "Ended" }, { name: "How" }, { name: "Took", end: true }, { name: "When", end: true }];

/** How the last jobs ended. */
export function OutcomeTable({ outcomes }: { outcomes: readonly BackupOutcome[] }) {
  return (
    <Table label="Last jobs" heads={HEADS}>
      {outcomes.map((outcome) => (
        <tr key={`${outcome.kind} ${outcome.at}`}>
          <td className={styles["nowrap"]}>{jobName(outcome.kind)}</td>
          <td className={`${styles["nowrap"]} ${outcome.success ? "" : styles["bad"]}`}>
            <span aria-hidden="true">{outcome.success ? "✓ " : "✕ "}</span>
            {outcome.success ? "done" : "failed"}
          </td>
          <td className={styles["wrap"]}>
            <Prose text={outcome.message} />
          </td>
          <td className={`${styles["end"]} ${styles["nowrap"]}`}>{duration(outcome.duration_ms)}</td>
          <td className={`${styles["end"]} ${styles["nowrap"]}`}>{moment(outcome.at)}</td>
        </tr>
      ))}
    </Table>
  );
}
