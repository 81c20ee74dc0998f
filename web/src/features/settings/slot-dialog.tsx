import { Button, Radio, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { backend } from "../../shared/backend/instance";
import { Dialog } from "../../shared/ui/dialog";
import { Failure } from "../../shared/ui/message";
import { notify } from "../../shared/ui/notices-store";
import styles from "./settings.module.css";
import { EMPTY_SLOT, passphraseError, slotRequest, type SlotDraft } from "./slot-draft";
import { nameOf } from "./slot-words";
import type { SlotRequest } from "./types";

interface SlotDialogProps {
  onClose(): void;
  onAdded(): void;
}

/** Adds a way to open the data folder. */
export function SlotDialog({ onClose, onAdded }: SlotDialogProps) {
  const [draft, setDraft] = useState<SlotDraft>(EMPTY_SLOT);
  const request = slotRequest(draft);
  const add = useMutation({
    mutationFn: (body: SlotRequest) => backend.request("post", "/v1/keys/slots", { body }),
    onSuccess: ({ kind }) => {
      notify({ kind: "done", text: `The data folder now opens by ${nameOf(kind)} too.` });
      onAdded();
      onClose();
    },
  });
  const change = (part: Partial<SlotDraft>): void => setDraft({ ...draft, ...part });
  return (
    <Dialog title="Add a way to open the data folder" onClose={onClose}>
      <form
        className={styles["form"]}
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          if (request !== null) add.mutate(request);
        }}
      >
        <Radio.Group label="What opens it" value={draft.kind} onChange={(kind) => change({ kind: kind as SlotDraft["kind"] })}>
          <div className={styles["fieldset"]}>
            <Radio mt="xs" value="passphrase" label="A passphrase" description="Asked for at the start" />
            <Radio value="key_file" label="A key file" description="Written on the server's machine; keep it on another disk" />
            <Radio value="keychain" label="The system's keychain" description="Of the user that runs the server" />
            <Radio value="systemd_credential" label="A systemd credential" description="Handed to the service at its start" />
          </div>
        </Radio.Group>
        {draft.kind === "passphrase" ? (
          <>
            <TextInput
              label="Passphrase"
              type="password"
              autoComplete="new-password"
              value={draft.passphrase}
              error={passphraseError(draft)}
              onChange={(event) => change({ passphrase: event.currentTarget.value })}
            />
            <TextInput label="Once more" type="password" autoComplete="new-password" value={draft.again} onChange={(event) => change({ again: event.currentTarget.value })} />
          </>
        ) : null}
        {draft.kind === "key_file" ? (
          <TextInput label="Path" description="Whole, outside the data folder; it must not exist yet" spellCheck={false} value={draft.path} onChange={(event) => change({ path: event.currentTarget.value })} />
        ) : null}
        {draft.kind === "systemd_credential" ? (
          <TextInput label="Name" description="As in LoadCredentialEncrypted=" spellCheck={false} value={draft.name} onChange={(event) => change({ name: event.currentTarget.value })} />
        ) : null}
        {add.error ? <Failure title="It was not added" error={add.error} /> : null}
        <div className={styles["buttons"]}>
          <Button variant="default" onClick={onClose}>
            Leave it
          </Button>
          <Button type="submit" loading={add.isPending} disabled={request === null}>
            Add
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
