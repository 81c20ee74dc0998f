import { moment } from "../../../shared/format/time";
import { CommandLine } from "../../../shared/ui/command-line";
import { Dialog } from "../../../shared/ui/dialog";
import styles from "../settings.module.css";
import type { Backup } from "../types";

/** Tells how a backup is restored: the server cannot put another folder in place of the one it works in. */
export function RestoreDialog({ backup, onClose }: { backup: Backup; onClose(): void }) {
  return (
    <Dialog title={`Restore backup ${backup.number}`} onClose={onClose}>
      <div className={styles["stack"]}>
        {backup.created_at ? <p>It holds everything as it was at {moment(backup.created_at)}.</p> : null}
        <p>A server cannot put another folder in the place of the one it works in, so this is done on the command line. It writes into a new folder and leaves the present one alone:</p>
        <CommandLine command={`groma backup restore ${backup.number} --to DIR`} />
        <p>
          Then stop Groma and start it on what was restored: <code>groma serve --data-dir DIR</code>. A way to open it is needed: a key, a passphrase or the recovery key of when the backup was made.
        </p>
        {backup.damage ? <p className={styles["bad"]}>✕ This backup is damaged: {backup.damage}</p> : null}
      </div>
    </Dialog>
  );
}
