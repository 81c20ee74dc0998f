import { Button, Checkbox } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { backend } from "../../shared/backend/instance";
import { Dialog } from "../../shared/ui/dialog";
import { Failure } from "../../shared/ui/message";
import { notify } from "../../shared/ui/notices-store";
import styles from "./settings.module.css";

interface RotateDialogProps {
  onClose(): void;
  onRotated(): void;
}

/** Makes a new data key, and seals everything again if asked. */
export function RotateDialog({ onClose, onRotated }: RotateDialogProps) {
  const [reencrypt, setReencrypt] = useState(false);
  const rotate = useMutation({
    mutationFn: () => backend.request("post", "/v1/keys/rotate", { body: { reencrypt } }),
    onSuccess: () => {
      notify({ kind: "done", text: reencrypt ? "A new data key seals what is new; the rest is being sealed again." : "A new data key seals what is new." });
      onRotated();
      onClose();
    },
  });
  return (
    <Dialog title="Make a new data key?" onClose={onClose}>
      <form
        className={styles["form"]}
        onSubmit={(event) => {
          event.preventDefault();
          rotate.mutate();
        }}
      >
        <p>What is written from now on is sealed by it. Every way of opening the data folder stays as it is.</p>
        <Checkbox
          data-first
          label="Seal everything again"
          description="In the background; it goes on after a restart"
          checked={reencrypt}
          onChange={(event) => setReencrypt(event.currentTarget.checked)}
        />
        {rotate.error ? <Failure title="No new data key was made" error={rotate.error} /> : null}
        <div className={styles["buttons"]}>
          <Button variant="default" onClick={onClose}>
            Leave it
          </Button>
          <Button type="submit" loading={rotate.isPending}>
            Make data key
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
