import { Button, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import type { Scan } from "../../api/types";
import { backend } from "../../shared/backend/instance";
import { Dialog } from "../../shared/ui/dialog";
import { Failure } from "../../shared/ui/message";
import { notify } from "../../shared/ui/notices-store";
import styles from "./detail-page.module.css";

interface DiscardDialogProps {
  scan: Scan;
  onClose(): void;
  onDone(): void;
}

/** Asks before the changes of an ended scan are taken back. */
export function DiscardDialog({ scan, onClose, onDone }: DiscardDialogProps) {
  const [reason, setReason] = useState("");
  const discard = useMutation({
    mutationFn: () => backend.request("post", "/v1/scan/task/{task_id}/discard", { path: { task_id: scan.id }, body: { reason } }),
    onSuccess: () => {
      notify({ kind: "done", text: "What the scan changed was taken back." });
      onClose();
      onDone();
    },
  });
  return (
    <Dialog title="Discard what this scan changed?" onClose={onClose}>
      <form
        className={styles["choices"]}
        onSubmit={(event) => {
          event.preventDefault();
          discard.mutate();
        }}
      >
        <p>The inventory becomes as if the scan had not run. The scan's record and its events stay, and each change that is taken back is told as an event.</p>
        <TextInput data-first label="Reason (optional)" description="Kept in the audit" value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
        {discard.error ? <Failure title="Nothing was discarded" error={discard.error} /> : null}
        <div className={styles["buttons"]}>
          <Button variant="default" onClick={onClose}>
            Keep it
          </Button>
          <Button type="submit" color="red" loading={discard.isPending}>
            Discard
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
