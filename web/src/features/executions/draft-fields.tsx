import { NativeSelect, Textarea, TextInput } from "@mantine/core";

import { readSpan } from "../../shared/format/quantity";
import type { Draft } from "./draft";
import type { Form } from "./search";

interface DraftFieldsProps {
  draft: Draft;
  onChange(change: Partial<Draft>): void;
}

const FORMS: { value: Form; label: string }[] = [
  { value: "shell", label: "A line for the shell" },
  { value: "exec", label: "A program and its arguments, without a shell" },
  { value: "script", label: "A script" },
  { value: "aws_cli", label: "A call of the AWS CLI" },
];

/** The fields of a command. */
export function DraftFields({ draft, onChange }: DraftFieldsProps) {
  const args = (
    <Textarea label="Arguments" description="One per line, as they are: no quotes are needed" rows={3} spellCheck={false} value={draft.args} onChange={(event) => onChange({ args: event.currentTarget.value })} />
  );
  return (
    <>
      <NativeSelect label="What runs" data={FORMS} value={draft.form} onChange={(event) => onChange({ form: event.currentTarget.value as Form })} />
      {draft.form === "shell" ? (
        <Textarea label="Line" description="For sh -c; no secrets: they would show in the list of processes" rows={3} spellCheck={false} value={draft.run} onChange={(event) => onChange({ run: event.currentTarget.value })} />
      ) : null}
      {draft.form === "exec" ? (
        <>
          <TextInput label="Program" description="A path, or a name that is looked for in the PATH" spellCheck={false} value={draft.run} onChange={(event) => onChange({ run: event.currentTarget.value })} />
          {args}
        </>
      ) : null}
      {draft.form === "script" ? (
        <>
          <Textarea label="Script" rows={8} spellCheck={false} value={draft.run} onChange={(event) => onChange({ run: event.currentTarget.value })} />
          <NativeSelect
            label="Interpreter"
            data={[
              { value: "", label: "What its first line names, else sh" },
              { value: "bash", label: "bash" },
              { value: "sh", label: "sh" },
              { value: "python", label: "python" },
            ]}
            value={draft.interpreter}
            onChange={(event) => onChange({ interpreter: event.currentTarget.value as Draft["interpreter"] })}
          />
          {args}
        </>
      ) : null}
      {draft.form === "aws_cli" ? (
        <>
          <TextInput label="Service" placeholder="ec2" spellCheck={false} value={draft.service} onChange={(event) => onChange({ service: event.currentTarget.value })} />
          <TextInput label="Operation" placeholder="describe-instances" spellCheck={false} value={draft.operation} onChange={(event) => onChange({ operation: event.currentTarget.value })} />
          <TextInput label="Profile" spellCheck={false} value={draft.profile} onChange={(event) => onChange({ profile: event.currentTarget.value })} />
          <TextInput label="Region" placeholder="eu-west-1" spellCheck={false} value={draft.region} onChange={(event) => onChange({ region: event.currentTarget.value })} />
          {args}
        </>
      ) : null}
      <TextInput label="Directory" description="On the server's machine; empty is where the server runs" spellCheck={false} value={draft.dir} onChange={(event) => onChange({ dir: event.currentTarget.value })} />
      <TextInput
        label="Time limit"
        description="Such as 30 s or 5 min; empty is the server's own limit"
        value={draft.timeout}
        error={draft.timeout.trim() !== "" && readSpan(draft.timeout) === null ? "Write a time such as 30 s or 5 min." : undefined}
        onChange={(event) => onChange({ timeout: event.currentTarget.value })}
      />
    </>
  );
}
