import { Button, Radio, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { backend } from "../../../shared/backend/instance";
import { Failure } from "../../../shared/ui/message";
import { notify } from "../../../shared/ui/notices-store";
import styles from "../settings.module.css";
import type { BackupTarget } from "../types";
import { endpointError, keptKey, pathError, secretMissing, targetDraft, targetOf, type TargetDraft } from "./target-draft";

interface TargetFormProps {
  target: BackupTarget | null | undefined;
  onSaved(): void;
}

/** Where backups go; what is written stays while figures beside it are read anew. */
export function TargetForm({ target, onSaved }: TargetFormProps) {
  const [edited, setEdited] = useState<TargetDraft | null>(null);
  const draft = edited ?? targetDraft(target);
  const kept = keptKey(target);
  const request = targetOf(draft, kept);
  const save = useMutation({
    mutationFn: (target: BackupTarget) => backend.request("post", "/v1/backups/settings", { body: { target } }),
    onSuccess: () => {
      notify({ kind: "done", text: "Backups go there from now on." });
      setEdited(null);
      onSaved();
    },
  });
  const change = (part: Partial<TargetDraft>): void => setEdited({ ...draft, ...part });
  return (
    <form
      className={styles["form"]}
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        if (request !== null) save.mutate(request);
      }}
    >
      <Radio.Group label="Kind of place" value={draft.kind} onChange={(kind) => change({ kind: kind as TargetDraft["kind"] })}>
        <div className={styles["fieldset"]}>
          <Radio mt="xs" value="local" label="A folder" description="On the server's machine; best on another disk, or what is mounted from another machine" />
          <Radio value="s3" label="Amazon S3, or a compatible store" description="Everything is encrypted before it leaves" />
        </div>
      </Radio.Group>
      {draft.kind === "local" ? (
        <TextInput label="Folder" description="Its whole path" placeholder="/mnt/backup/groma" spellCheck={false} value={draft.path} error={pathError(draft.path)} onChange={(event) => change({ path: event.currentTarget.value })} />
      ) : (
        <Bucket draft={draft} change={change} kept={kept !== undefined && kept === draft.accessKeyId.trim()} missing={secretMissing(draft, kept)} />
      )}
      {save.error ? <Failure title="Where backups go was not changed" error={save.error} /> : null}
      <div className={styles["buttons"]}>
        <Button type="submit" loading={save.isPending} disabled={request === null || edited === null}>
          Save place
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

interface BucketProps {
  draft: TargetDraft;
  change(part: Partial<TargetDraft>): void;
  /** Whether the server keeps the secret of the key that is written. */
  kept: boolean;
  missing: boolean;
}

function Bucket({ draft, change, kept, missing }: BucketProps) {
  const field = (name: keyof TargetDraft) => ({ spellCheck: false, value: draft[name], onChange: (event: React.ChangeEvent<HTMLInputElement>) => change({ [name]: event.currentTarget.value }) });
  return (
    <div className={styles["pair"]}>
        <TextInput label="Bucket" {...field("bucket")} />
        <TextInput label="Prefix" description="Put before every name" placeholder="none" {...field("prefix")} />
        <TextInput label="Region" placeholder="us-east-1" {...field("region")} />
        <TextInput label="Address" description="Of a compatible store" placeholder="Amazon's" error={endpointError(draft.endpoint)} {...field("endpoint")} />
        <TextInput label="Access key id" description="Empty: AWS_ACCESS_KEY_ID of the server's environment" placeholder="from the environment" {...field("accessKeyId")} />
        <TextInput
          label="Secret access key"
          description={kept ? "Kept sealed, never shown; empty: it stays" : "Kept sealed, never shown again"}
          type="password"
          autoComplete="new-password"
          placeholder={kept ? "••••••••" : ""}
          error={missing ? "The secret of this access key" : null}
          {...field("secret")}
        />
    </div>
  );
}
