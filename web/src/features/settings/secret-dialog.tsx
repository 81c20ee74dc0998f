import { Button } from "@mantine/core";
import type { ReactNode } from "react";

import { CopyButton } from "../../shared/ui/copy-button";
import { Dialog } from "../../shared/ui/dialog";
import styles from "./settings.module.css";

interface SecretDialogProps {
  title: string;
  secret: string;
  /** What it is for and where to keep it. */
  children: ReactNode;
  onClose(): void;
}

/** A secret, the only time that it is shown: it goes when the reader says so, not by a slip of the Escape key. */
export function SecretDialog({ title, secret, children, onClose }: SecretDialogProps) {
  return (
    <Dialog title={title} onClose={onClose} stays>
      <div className={styles["stack"]}>
        {children}
        <textarea className={styles["secret"]} aria-label="Secret" rows={2} readOnly spellCheck={false} value={secret} onFocus={(event) => event.currentTarget.select()} />
        <p className={styles["dim"]}>It is shown this once and kept nowhere where it could be read again.</p>
        <div className={styles["buttons"]}>
          <CopyButton size="compact-sm" text={secret} label="Copy" />
          <Button onClick={onClose}>I have kept it</Button>
        </div>
      </div>
    </Dialog>
  );
}
