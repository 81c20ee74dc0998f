import { Button, Checkbox, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { backend } from "../../shared/backend/instance";
import { Failure } from "../../shared/ui/message";
import { notify } from "../../shared/ui/notices-store";
import { readSpan } from "../../shared/format/quantity";
import { draftOf, requestOf, sizeError, type RetentionDraft } from "./retention-draft";
import { RulesEditor } from "./rules-editor";
import styles from "./settings.module.css";
import type { Retention } from "./types";

interface RetentionFormProps {
  retention: Retention;
  onSaved(): void;
}

/** The rules and limits; what is written stays while figures beside it are read anew. */
export function RetentionForm({ retention, onSaved }: RetentionFormProps) {
  const [edited, setEdited] = useState<RetentionDraft | null>(null);
  const draft = edited ?? draftOf(retention);
  const request = requestOf(draft);
  const save = useMutation({
    mutationFn: () => backend.request("post", "/v1/retention", { body: request ?? {} }),
    onSuccess: () => {
      notify({ kind: "done", text: "The rules are saved; the next run follows them." });
      setEdited(null);
      onSaved();
    },
  });
  const change = (part: Partial<RetentionDraft>): void => setEdited({ ...draft, ...part });
  return (
    <form
      className={styles["stack"]}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <RulesEditor rules={draft.rules} onChange={(rules) => change({ rules })} />
      <div className={styles["pair"]}>
        <TextInput
          label="Ceiling of the database"
          description="Above it the oldest events go, whoever needs them; empty: none"
          placeholder="no ceiling"
          value={draft.ceiling}
          error={sizeError(draft.ceiling)}
          onChange={(event) => change({ ceiling: event.currentTarget.value })}
        />
        <TextInput
          label="Silent consumers hold events for"
          description="Then they are held no more"
          value={draft.expiry}
          error={readSpan(draft.expiry) === null ? "Write it as 7 d, 12 h" : null}
          onChange={(event) => change({ expiry: event.currentTarget.value })}
        />
      </div>
      <Checkbox
        label="Write events to the archive before they go"
        description={`Compressed and sealed, in ${retention.archive_folder}`}
        checked={draft.archive}
        onChange={(event) => change({ archive: event.currentTarget.checked })}
      />
      {save.error ? <Failure title="The rules were not saved" error={save.error} /> : null}
      <div className={styles["buttons"]}>
        <Button type="submit" loading={save.isPending} disabled={request === null || edited === null}>
          Save
        </Button>
        {edited === null ? null : (
          <Button variant="default" onClick={() => setEdited(null)}>
            Undo changes
          </Button>
        )}
      </div>
    </form>
  );
}
