import { Checkbox, NumberInput, Textarea, TextInput } from "@mantine/core";

import type { Validation } from "../../api/types";
import type { Draft } from "./draft";
import styles from "./new-page.module.css";

interface DraftFieldsProps {
  draft: Draft;
  errors: Validation["errors"];
  onChange(change: Partial<Draft>): void;
}

/** The fields of a network scan. */
export function DraftFields({ draft, errors, onChange }: DraftFieldsProps) {
  const error = (field: string): string | undefined => errors.find((issue) => issue.field === field)?.message;
  const number = (value: number | string): number | undefined => (typeof value === "number" ? value : undefined);
  return (
    <>
      <Textarea
        label="Targets"
        description="Addresses, networks, ranges, names: 10.1.0.7, 10.1.0.0/24, 10.1.0.1-20, fd00::1, db.lab"
        rows={3}
        spellCheck={false}
        value={draft.targets}
        error={error("targets")}
        onChange={(event) => onChange({ targets: event.currentTarget.value })}
      />
      <TextInput
        label="Ports"
        description="Numbers, ranges, names, top100, or - for all: 22,80,8000-8100,https"
        spellCheck={false}
        value={draft.ports}
        error={error("ports")}
        onChange={(event) => onChange({ ports: event.currentTarget.value })}
      />
      <TextInput
        label="Leave out"
        description="The same forms as targets"
        spellCheck={false}
        value={draft.exclude}
        error={error("exclude")}
        onChange={(event) => onChange({ exclude: event.currentTarget.value })}
      />
      <Checkbox
        label="Look for hosts first"
        description="By TCP ping; without it every address counts as up, and a scan takes longer"
        checked={draft.discovery}
        onChange={(event) => onChange({ discovery: event.currentTarget.checked })}
      />
      <details className={styles["advanced"]}>
        <summary>Advanced</summary>
        <div className={styles["grid"]}>
          <NumberInput
            label="Probes at once"
            description="1 to 65,535"
            min={1}
            max={65_535}
            allowDecimal={false}
            value={draft.concurrency ?? ""}
            error={error("concurrency")}
            onChange={(value) => onChange({ concurrency: number(value) })}
          />
          <NumberInput
            label="Timeout (ms)"
            description="10 to 60,000"
            min={10}
            max={60_000}
            allowDecimal={false}
            value={draft.timeoutMs ?? ""}
            error={error("timeout_ms")}
            onChange={(value) => onChange({ timeoutMs: number(value) })}
          />
          <NumberInput
            label="Retries"
            description="Of an unanswered probe, 0 to 10"
            min={0}
            max={10}
            allowDecimal={false}
            value={draft.retries ?? ""}
            error={error("retries")}
            onChange={(value) => onChange({ retries: number(value) })}
          />
          <NumberInput
            label="Probes per second"
            description="At most; empty is no limit"
            min={1}
            allowDecimal={false}
            value={draft.maxRate ?? ""}
            error={error("max_rate")}
            onChange={(value) => onChange({ maxRate: number(value) })}
          />
          <Checkbox
            label="Allow public addresses"
            description="Scan only what you may scan; it is written to the audit"
            checked={draft.allowPublic}
            onChange={(event) => onChange({ allowPublic: event.currentTarget.checked })}
          />
        </div>
      </details>
    </>
  );
}
