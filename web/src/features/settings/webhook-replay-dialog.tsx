import { Button, Radio, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { backend } from "../../shared/backend/instance";
import { counted } from "../../shared/format/number";
import { Dialog } from "../../shared/ui/dialog";
import { Failure } from "../../shared/ui/message";
import { notify } from "../../shared/ui/notices-store";
import { rangeOf, type ReplayDraft } from "./replay-range";
import styles from "./settings.module.css";

/** Asks which events shall be delivered again. */
export function WebhookReplayDialog({ id, onClose }: { id: string; onClose(): void }) {
  const queries = useQueryClient();
  const [draft, setDraft] = useState<ReplayDraft>({ from: "since", since: "", after: "", through: "" });
  const range = rangeOf(draft);
  const replay = useMutation({
    mutationFn: () => backend.request("post", "/v1/webhooks/{id}/replay", { path: { id }, body: range ?? {} }),
    onSuccess: ({ events, gap }) => {
      notify({
        kind: gap ? "warning" : "done",
        text: `${counted(events, "event")} will be delivered again.`,
        ...(gap ? { detail: "The range begins before the oldest event that is kept: those are gone." } : {}),
      });
      void queries.invalidateQueries({ queryKey: ["deliveries", id] });
      onClose();
    },
  });
  return (
    <Dialog title="Deliver a range again" onClose={onClose}>
      <form
        className={styles["form"]}
        onSubmit={(event) => {
          event.preventDefault();
          replay.mutate();
        }}
      >
        <Radio.Group label="From" value={draft.from} onChange={(from) => setDraft({ ...draft, from: from as ReplayDraft["from"] })}>
          <div className={styles["fieldset"]}>
            <Radio mt="xs" value="since" label="a moment" />
            <Radio value="after" label="behind a position" />
            <Radio value="oldest" label="the oldest event there is" />
          </div>
        </Radio.Group>
        {draft.from === "since" ? (
          <TextInput data-first label="Moment" type="datetime-local" step={1} required value={draft.since} onChange={(event) => setDraft({ ...draft, since: event.currentTarget.value })} />
        ) : null}
        {draft.from === "after" ? (
          <TextInput label="Position" description="The sequence of an event" required spellCheck={false} value={draft.after} onChange={(event) => setDraft({ ...draft, after: event.currentTarget.value })} />
        ) : null}
        <TextInput
          label="Through (optional)"
          description="The sequence of the last event; empty: everything until now"
          spellCheck={false}
          value={draft.through}
          onChange={(event) => setDraft({ ...draft, through: event.currentTarget.value })}
        />
        <p className={styles["dim"]}>They keep their ids, so that a receiver knows what it had already. Live events go on beside them.</p>
        {replay.error ? <Failure title="Nothing is replayed" error={replay.error} /> : null}
        <div className={styles["buttons"]}>
          <Button variant="default" onClick={onClose}>
            Leave it
          </Button>
          <Button type="submit" loading={replay.isPending} disabled={range === null}>
            Replay
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
