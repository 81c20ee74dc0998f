import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { backend } from "../../shared/backend/instance";
import { Dialog } from "../../shared/ui/dialog";
import { Failure } from "../../shared/ui/message";
import { notify } from "../../shared/ui/notices-store";
import styles from "./settings.module.css";
import type { Webhook } from "./types";
import { draftOf, updateOf } from "./webhook-draft";
import { WebhookFields } from "./webhook-fields";

interface WebhookEditDialogProps {
  webhook: Webhook;
  onClose(): void;
  onChanged(): void;
}

/** Changes where events go, and which. */
export function WebhookEditDialog({ webhook, onClose, onChanged }: WebhookEditDialogProps) {
  const [draft, setDraft] = useState(() => draftOf(webhook));
  const queries = useQueryClient();
  const update = useMutation({
    mutationFn: () => backend.request("post", "/v1/webhooks/{id}", { path: { id: webhook.id }, body: updateOf(draft) }),
    onSuccess: () => {
      notify({ kind: "done", text: "The webhook is changed." });
      void queries.invalidateQueries({ queryKey: ["webhooks"] });
      onChanged();
      onClose();
    },
  });
  return (
    <Dialog title="Change webhook" onClose={onClose}>
      <form
        className={styles["form"]}
        onSubmit={(event) => {
          event.preventDefault();
          update.mutate();
        }}
      >
        <WebhookFields draft={draft} onChange={(change) => setDraft({ ...draft, ...change })} />
        {update.error ? <Failure title="The webhook was not changed" error={update.error} /> : null}
        <div className={styles["buttons"]}>
          <Button variant="default" onClick={onClose}>
            Leave it
          </Button>
          <Button type="submit" loading={update.isPending} disabled={draft.url.trim() === ""}>
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
