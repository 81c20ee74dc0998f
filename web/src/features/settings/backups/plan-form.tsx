import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { backend } from "../../../shared/backend/instance";
import { Failure } from "../../../shared/ui/message";
import { notify } from "../../../shared/ui/notices-store";
import styles from "../settings.module.css";
import type { BackupSettings, BackupSettingsRequest } from "../types";
import { countError, drillError, everyError, planDraft, planRequest, type PlanDraft } from "./plan-draft";

const SCHEDULES = [
  { value: "off", label: "Not by themselves" },
  { value: "every", label: "Every so often" },
  { value: "daily", label: "Once a day" },
];
const HOURS = Array.from({ length: 24 }, (_, hour) => ({ value: String(hour), label: `${String(hour).padStart(2, "0")}:00 UTC` }));

/** When backups are made, which are kept, and how often one is restored to prove that it can be. */
export function PlanForm({ settings, onSaved }: { settings: BackupSettings; onSaved(): void }) {
  const [edited, setEdited] = useState<PlanDraft | null>(null);
  const draft = edited ?? planDraft(settings);
  const request = planRequest(draft);
  const save = useMutation({
    mutationFn: (body: BackupSettingsRequest) => backend.request("post", "/v1/backups/settings", { body }),
    onSuccess: () => {
      notify({ kind: "done", text: "The plan of backups is saved." });
      setEdited(null);
      onSaved();
    },
  });
  const change = (part: Partial<PlanDraft>): void => setEdited({ ...draft, ...part });
  const number = (name: "keepLast" | "daily" | "weekly" | "monthly", min: number) => ({
    inputMode: "numeric" as const,
    value: draft[name],
    error: countError(draft[name], min),
    onChange: (event: React.ChangeEvent<HTMLInputElement>) => change({ [name]: event.currentTarget.value }),
  });
  return (
    <form
      className={styles["form"]}
      onSubmit={(event) => {
        event.preventDefault();
        if (request !== null) save.mutate(request);
      }}
    >
      <div className={styles["pair"]}>
        <NativeSelect label="Backups are made" description="Put off a little, always by the same here" data={SCHEDULES} value={draft.schedule} onChange={(event) => change({ schedule: event.currentTarget.value as PlanDraft["schedule"] })} />
        {draft.schedule === "every" ? <TextInput label="Every" description="At least 15 min" value={draft.every} error={everyError(draft.every)} onChange={(event) => change({ every: event.currentTarget.value })} /> : null}
        {draft.schedule === "daily" ? <NativeSelect label="After" description="In the world's time" data={HOURS} value={draft.hour} onChange={(event) => change({ hour: event.currentTarget.value })} /> : null}
      </div>
      <fieldset className={styles["fieldset"]}>
        <legend>Which are kept: whatever one of these keeps</legend>
        <div className={styles["four"]}>
          <TextInput label="The last" {...number("keepLast", 1)} />
          <TextInput label="Of days" {...number("daily", 0)} />
          <TextInput label="Of weeks" {...number("weekly", 0)} />
          <TextInput label="Of months" {...number("monthly", 0)} />
        </div>
      </fieldset>
      <div className={styles["pair"]}>
        <TextInput
          label="Restore drill every … days"
          description="A backup is restored aside and compared; 0: never"
          inputMode="numeric"
          value={draft.drillDays}
          error={drillError(draft.drillDays)}
          onChange={(event) => change({ drillDays: event.currentTarget.value })}
        />
      </div>
      {save.error ? <Failure title="The plan was not saved" error={save.error} /> : null}
      <div className={styles["buttons"]}>
        <Button type="submit" loading={save.isPending} disabled={request === null || edited === null}>
          Save plan
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
