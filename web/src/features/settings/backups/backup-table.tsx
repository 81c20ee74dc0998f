import { Button } from "@mantine/core";

import { count, counted } from "../../../shared/format/number";
import { bytes } from "../../../shared/format/quantity";
import { ago, moment } from "../../../shared/format/time";
import { useNow } from "../../../shared/ui/use-now";
import styles from "../settings.module.css";
import { Table } from "../table";
import type { Backup, BackupOutcome } from "../types";

const HEADS = [{ name: "No.", end: true }, { name: "Made" }, { name: "State" }, { name: "Size", end: true }, { name: "Things", end: true }, { name: "Actions", hidden: true }];

interface BackupTableProps {
  backups: readonly Backup[];
  /** How the last verification ended, if it found something wrong. */
  doubt: BackupOutcome | undefined;
  /** Whether a job runs, beside which none begins. */
  busy: boolean;
  onVerify(backup: Backup): void;
  onDrill(backup: Backup): void;
  onRestore(backup: Backup): void;
}

/** The backups there are, latest first. */
export function BackupTable({ backups, doubt, busy, onVerify, onDrill, onRestore }: BackupTableProps) {
  const now = useNow(10_000);
  return (
    <Table label="Backups" heads={HEADS}>
      {backups.map((backup) => {
        const { number, created_at } = backup;
        return (
          <tr key={number}>
            <td className={styles["end"]}>{count(number)}</td>
            <td className={styles["nowrap"]}>
              {created_at ? moment(created_at, now) : "not known"}
              {created_at ? <div className={styles["dim"]}>{ago(created_at, now)}</div> : null}
            </td>
            <td className={styles["wrap"]}>
              <Condition backup={backup} doubt={doubt} />
            </td>
            <td className={`${styles["end"]} ${styles["nowrap"]}`}>
              {bytes(backup.bytes)}
              <div className={styles["dim"]}>{counted(backup.files, "file")}</div>
            </td>
            <td className={`${styles["end"]} ${styles["nowrap"]}`}>
              {typeof backup.things === "number" ? count(backup.things) : "–"}
              {backup.version ? <div className={styles["dim"]}>by {backup.version}</div> : null}
            </td>
            <td>
              <div className={styles["rowButtons"]}>
                <Button size="compact-xs" variant="default" disabled={busy} aria-label={`Verify backup ${number}`} onClick={() => onVerify(backup)}>
                  Verify…
                </Button>
                <Button size="compact-xs" variant="default" disabled={busy} aria-label={`Drill backup ${number}`} onClick={() => onDrill(backup)}>
                  Drill
                </Button>
                <Button size="compact-xs" variant="default" aria-label={`Restore backup ${number}`} onClick={() => onRestore(backup)}>
                  Restore…
                </Button>
              </div>
            </td>
          </tr>
        );
      })}
    </Table>
  );
}

/** What is known to be wrong with a backup. */
function Condition({ backup, doubt }: { backup: Backup; doubt: BackupOutcome | undefined }) {
  if (backup.damage) {
    return (
      <span className={styles["bad"]}>
        <span aria-hidden="true">✕ </span>damaged: {backup.damage}
      </span>
    );
  }
  // What was made since then was not looked at.
  if (doubt !== undefined && (doubt.backup ?? backup.number) === backup.number && (!backup.created_at || backup.created_at < doubt.at)) {
    return (
      <span className={styles["warn"]}>
        <span aria-hidden="true">△ </span>in doubt: the last verification failed
      </span>
    );
  }
  return (
    <span>
      <span aria-hidden="true">○ </span>no damage known
    </span>
  );
}
