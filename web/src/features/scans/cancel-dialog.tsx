import { Button, Radio, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import type { Scan } from "../../api/types";
import { backend } from "../../shared/backend/instance";
import { counted } from "../../shared/format/number";
import { Dialog } from "../../shared/ui/dialog";
import { Failure } from "../../shared/ui/message";
import { notify } from "../../shared/ui/notices-store";
import styles from "./detail-page.module.css";

interface CancelDialogProps {
  scan: Scan;
  onClose(): void;
}

/** Asks why, and what becomes of what was found. */
export function CancelDialog({ scan, onClose }: CancelDialogProps) {
  const [reason, setReason] = useState("");
  const [keep, setKeep] = useState("keep");
  const cancel = useMutation({
    mutationFn: () =>
      backend.request("post", "/v1/scan/task/{task_id}/cancel", {
        path: { task_id: scan.id },
        body: { reason, keep_partial_results: keep === "keep" },
      }),
    onSuccess: () => {
      notify({ kind: "done", text: keep === "keep" ? "The scan was cancelled; what it found is kept." : "The scan was cancelled and discarded." });
      onClose();
    },
  });
  const found = `${counted(scan.progress.hosts_up, "host")} and ${counted(scan.progress.ports_open, "open port")}`;
  return (
    <Dialog title="Cancel this scan?" onClose={onClose}>
      <form
        className={styles["choices"]}
        onSubmit={(event) => {
          event.preventDefault();
          cancel.mutate();
        }}
      >
        <Radio.Group label="What it found so far" value={keep} onChange={setKeep}>
          <div className={styles["choices"]}>
            <Radio mt="xs" value="keep" label={`Keep: ${found} stay in the inventory`} description="You can resume the rest, or discard later." />
            <Radio value="discard" label="Discard: the inventory is as if it had not run" />
          </div>
        </Radio.Group>
        <TextInput data-first label="Reason (optional)" description="Kept with the scan and in the audit" value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
        {cancel.error ? <Failure title="The scan was not cancelled" error={cancel.error} /> : null}
        <div className={styles["buttons"]}>
          <Button variant="default" onClick={onClose}>
            Let it run
          </Button>
          <Button type="submit" color="red" loading={cancel.isPending}>
            {keep === "keep" ? "Cancel and keep" : "Cancel and discard"}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
