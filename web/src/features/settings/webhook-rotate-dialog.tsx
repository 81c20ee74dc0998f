import { Button, NativeSelect } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { backend } from "../../shared/backend/instance";
import { Dialog } from "../../shared/ui/dialog";
import { Failure } from "../../shared/ui/message";
import { SecretDialog } from "./secret-dialog";
import styles from "./settings.module.css";
import { WebhookSecretUse } from "./webhook-secret-use";

const HOUR_S = 3600;
const OVERLAPS = [
  { value: "0", label: "not at all: the old one is known to others" },
  { value: String(HOUR_S), label: "for an hour" },
  { value: String(24 * HOUR_S), label: "for a day" },
  { value: String(7 * 24 * HOUR_S), label: "for a week" },
  { value: String(30 * 24 * HOUR_S), label: "for 30 days" },
];

interface WebhookRotateDialogProps {
  id: string;
  onClose(): void;
  onChanged(): void;
}

/** Makes a new signing secret; the old one signs too for a while, so that no delivery is refused meanwhile. */
export function WebhookRotateDialog({ id, onClose, onChanged }: WebhookRotateDialogProps) {
  const [overlap, setOverlap] = useState(String(24 * HOUR_S));
  const rotate = useMutation({
    mutationFn: () => backend.request("post", "/v1/webhooks/{id}/rotate", { path: { id }, body: { overlap_seconds: Number(overlap) } }),
    onSuccess: onChanged,
  });
  if (rotate.data) {
    return (
      <SecretDialog title="The webhook's new secret" secret={rotate.data.secret} onClose={onClose}>
        <WebhookSecretUse />
      </SecretDialog>
    );
  }
  return (
    <Dialog title="Make a new secret?" onClose={onClose}>
      <form
        className={styles["form"]}
        onSubmit={(event) => {
          event.preventDefault();
          rotate.mutate();
        }}
      >
        <NativeSelect data-first label="The old secret signs too" data={OVERLAPS} value={overlap} onChange={(event) => setOverlap(event.currentTarget.value)} />
        {rotate.error ? <Failure title="No new secret was made" error={rotate.error} /> : null}
        <div className={styles["buttons"]}>
          <Button variant="default" onClick={onClose}>
            Leave it
          </Button>
          <Button type="submit" loading={rotate.isPending}>
            Make new secret
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
