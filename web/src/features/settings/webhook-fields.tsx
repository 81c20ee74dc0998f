import { Checkbox, NativeSelect, TextInput } from "@mantine/core";

import styles from "./settings.module.css";
import type { WebhookDraft } from "./webhook-draft";

interface WebhookFieldsProps {
  draft: WebhookDraft;
  onChange(change: Partial<WebhookDraft>): void;
}

/** What a webhook is made of, new or changed. */
export function WebhookFields({ draft, onChange }: WebhookFieldsProps) {
  return (
    <>
      <TextInput
        data-first
        label="Address"
        description="Where events are sent: https://…"
        type="url"
        maxLength={2048}
        required
        spellCheck={false}
        value={draft.url}
        onChange={(event) => onChange({ url: event.currentTarget.value })}
      />
      <TextInput label="Description" description="For people" maxLength={200} value={draft.description} onChange={(event) => onChange({ description: event.currentTarget.value })} />
      <div className={styles["pair"]}>
        <TextInput
          label="Types"
          description="Patterns such as groma.network.*; empty: every event"
          spellCheck={false}
          value={draft.types}
          onChange={(event) => onChange({ types: event.currentTarget.value })}
        />
        <TextInput label="Subject" description="Only events about this: scan/ID" spellCheck={false} value={draft.subject} onChange={(event) => onChange({ subject: event.currentTarget.value })} />
      </div>
      <NativeSelect
        label="Format"
        description="How a CloudEvent travels"
        data={[
          { value: "structured", label: "Structured: the whole event as JSON" },
          { value: "binary", label: "Binary: the data as body, the rest in ce- headers" },
        ]}
        value={draft.binary ? "binary" : "structured"}
        onChange={(event) => onChange({ binary: event.currentTarget.value === "binary" })}
      />
      <Checkbox
        label="Allow private addresses"
        description="This machine and its networks, and http; addresses of cloud metadata are never allowed"
        checked={draft.allowPrivate}
        onChange={(event) => onChange({ allowPrivate: event.currentTarget.checked })}
      />
    </>
  );
}
