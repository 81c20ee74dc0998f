import { Button, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import type { ExecutionStatus } from "../../api/types";
import { backend } from "../../shared/backend/instance";
import { over } from "../../shared/execution/describe";
import { Dialog } from "../../shared/ui/dialog";
import { Failure } from "../../shared/ui/message";
import { notify } from "../../shared/ui/notices-store";
import styles from "./detail-page.module.css";

interface CancelDialogProps {
  what: "command" | "plan";
  id: string;
  onClose(): void;
  onDone(): void;
}

/** Asks whether to stop a command or a plan, and why. */
export function CancelDialog({ what, id, onClose, onDone }: CancelDialogProps) {
  const [reason, setReason] = useState("");
  const cancel = useMutation({
    mutationFn: async (): Promise<ExecutionStatus> => {
      const parts = { path: { id }, body: reason.trim() === "" ? {} : { reason: reason.trim() } };
      const { status } = await (what === "plan" ? backend.request("post", "/v1/plans/{id}/cancel", parts) : backend.request("post", "/v1/executions/{id}/cancel", parts));
      return status;
    },
    onSuccess: (status) => {
      if (status === "cancelled") notify({ kind: "done", text: `The ${what} was cancelled.` });
      else if (over(status)) notify({ kind: "warning", text: `The ${what} had ended before it could be cancelled.` });
      else notify({ kind: "done", text: `The ${what} is being stopped.` });
      onDone();
      onClose();
    },
  });
  return (
    <Dialog title={`Cancel this ${what}?`} onClose={onClose}>
      <form
        className={styles["choices"]}
        onSubmit={(event) => {
          event.preventDefault();
          cancel.mutate();
        }}
      >
        <p>
          {what === "plan" ? "Steps that run are asked to end, then ended by force with everything they started; steps that wait are skipped." : "It is asked to end, then ended by force, with everything that it started."}
        </p>
        <TextInput data-first label="Reason (optional)" description="Kept with it and in the audit" value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
        {cancel.error ? <Failure title={`The ${what} was not cancelled`} error={cancel.error} /> : null}
        <div className={styles["buttons"]}>
          <Button variant="default" onClick={onClose}>
            Let it run
          </Button>
          <Button type="submit" color="red" loading={cancel.isPending}>
            Cancel {what}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
