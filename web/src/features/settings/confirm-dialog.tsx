import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { Dialog } from "../../shared/ui/dialog";
import { Failure } from "../../shared/ui/message";
import { notify } from "../../shared/ui/notices-store";
import styles from "./settings.module.css";

interface ConfirmDialogProps {
  /** The question. */
  title: string;
  /** The button that says yes, by its verb. */
  action: string;
  /** What is said afterwards. */
  done: string;
  /** What is said when it did not work. */
  failed: string;
  /** What follows from it. */
  children: ReactNode;
  act(): Promise<unknown>;
  /** Called after it was done, before the dialog closes. */
  onDone?(): void;
  onClose(): void;
}

/** Asks before something is done that cannot be taken back. */
export function ConfirmDialog({ title, action, done, failed, children, act, onDone, onClose }: ConfirmDialogProps) {
  const acting = useMutation({
    mutationFn: act,
    onSuccess: () => {
      notify({ kind: "done", text: done });
      onDone?.();
      onClose();
    },
  });
  return (
    <Dialog title={title} onClose={onClose}>
      <div className={styles["stack"]}>
        {children}
        {acting.error ? <Failure title={failed} error={acting.error} /> : null}
        <div className={styles["buttons"]}>
          <Button variant="default" data-first onClick={onClose}>
            Keep it
          </Button>
          <Button color="red" loading={acting.isPending} onClick={() => acting.mutate()}>
            {action}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
