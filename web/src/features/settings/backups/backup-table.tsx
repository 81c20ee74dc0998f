import { Button } from "@mantine/core";

import { count } from "../../../shared/format/number";
import { bytes } from "../../../shared/format/quantity";
import { ago, moment } from "../../../shared/format/time";
import { useNow } from "../../../shared/ui/use-now";
import styles from "../settings.module.css";
import { Table } from "../table";
import type { Backup } from "../types";

const HEADS = [{ name: "Made" }, { name: "State" }, { name: "Size", end: true }, { name: "Things", end: true }, { name: "Actions", hidden: true }];

interface BackupTableProps {
  backups: readonly Backup[];
  /** Whether a job runs, beside which none begins. */
  busy: boolean;
  onVerify(backup: Backup): void;
  onDrill(backup: Backup): void;
  onRestore(backup: Backup): void;
}

/** The backups there are, latest first. */
export function BackupTable({ backups, busy, onVerify, onDrill, onRestore }: BackupTableProps) {
  const now = useNow(10_000);
  return (
    <Table label="Backups" heads={HEADS}>
      {backups.map((backup) => {
        const name = moment(backup.created_at, now);
        return (
          <tr key={backup.id}>
            <td className={styles["nowrap"]}>
              {name}
              <div className={styles["dim"]}>{ago(backup.created_at, now)}</div>
              <div className={`mono ${styles["dim"]}`}>{backup.id}</div>
            </td>
            <td className={styles["wrap"]}>
              {backup.damage ? (
                <span className={styles["bad"]}>
                  <span aria-hidden="true">✕ </span>damaged: {backup.damage}
                </span>
              ) : (
                <span>
                  <span aria-hidden="true">○ </span>no damage known
                </span>
              )}
            </td>
            <td className={`${styles["end"]} ${styles["nowrap"]}`}>
              {bytes(backup.bytes)}
              {typeof backup.bytes_added === "number" ? <div className={styles["dim"]}>{bytes(backup.bytes_added)} added</div> : null}
            </td>
            <td className={`${styles["end"]} ${styles["nowrap"]}`}>
              {typeof backup.things === "number" ? count(backup.things) : "–"}
              {backup.version ? <div className={styles["dim"]}>by {backup.version}</div> : null}
            </td>
            <td>
              <div className={styles["rowButtons"]}>
                <Button size="compact-xs" variant="default" disabled={busy} aria-label={`Verify the backup of ${name}`} onClick={() => onVerify(backup)}>
                  Verify…
                </Button>
                <Button size="compact-xs" variant="default" disabled={busy} aria-label={`Drill the backup of ${name}`} onClick={() => onDrill(backup)}>
                  Drill
                </Button>
                <Button size="compact-xs" variant="default" aria-label={`Restore the backup of ${name}`} onClick={() => onRestore(backup)}>
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
