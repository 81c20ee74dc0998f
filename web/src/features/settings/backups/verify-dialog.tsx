import { Button, Radio } from "@mantine/core";
import { useState } from "react";

import { Dialog } from "../../../shared/ui/dialog";
import styles from "../settings.module.css";
import type { Backup } from "../types";

export type Depth = "quick" | "full";

interface VerifyDialogProps {
  /** One; null: all. */
  backup: Backup | null;
  onVerify(depth: Depth): void;
  onClose(): void;
}

/** Asks how closely to look. */
export function VerifyDialog({ backup, onVerify, onClose }: VerifyDialogProps) {
  const [depth, setDepth] = useState<Depth>("quick");
  return (
    <Dialog title={backup === null ? "Verify all backups" : `Verify backup ${backup.number}`} onClose={onClose}>
      <div className={styles["stack"]}>
        <Radio.Group label="How closely" value={depth} onChange={(value) => setDepth(value as Depth)}>
          <div className={styles["fieldset"]}>
            <Radio mt="xs" value="quick" label="Quick" description="Every object is there, in its size" />
            <Radio value="full" label="Full" description="Every object is read back, opened and compared with its digest: takes as long as reading all of it" />
          </div>
        </Radio.Group>
        <div className={styles["buttons"]}>
          <Button
            onClick={() => {
              onVerify(depth);
              onClose();
            }}
          >
            Verify
          </Button>
          <Button variant="default" onClick={onClose}>
            Not now
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
