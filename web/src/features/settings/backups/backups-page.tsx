import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";

import { backend } from "../../../shared/backend/instance";
import { describe } from "../../../shared/backend/problem";
import { counted } from "../../../shared/format/number";
import { ago, moment } from "../../../shared/format/time";
import { usePolled } from "../../../shared/live/use-polled";
import { Empty } from "../../../shared/ui/empty";
import { Facts } from "../../../shared/ui/facts";
import { Freshness } from "../../../shared/ui/freshness";
import { Failure, Message } from "../../../shared/ui/message";
import { notify } from "../../../shared/ui/notices-store";
import { Page } from "../../../shared/ui/page";
import { Panel } from "../../../shared/ui/panel";
import { Prose } from "../../../shared/ui/prose";
import { useNow } from "../../../shared/ui/use-now";
import styles from "../settings.module.css";
import type { Backup, BackupOutcome, BackupSettings } from "../types";
import { BackupTable } from "./backup-table";
import { JobPanel } from "./job-panel";
import { jobName } from "./job-words";
import { OutcomeTable } from "./outcome-table";
import { retentionWords, scheduleWords } from "./plan-draft";
import { PlanForm } from "./plan-form";
import { RestoreDialog } from "./restore-dialog";
import { targetWords } from "./target-draft";
import { TargetForm } from "./target-form";
import { VerifyDialog, type Depth } from "./verify-dialog";

const RUNNING_MS = 1000;
const EVERY_MS = 10_000;

type Asked = { verify: Backup | null } | { restore: Backup } | null;
type Job = { kind: "create" } | { kind: "verify"; backup: Backup | null; depth: Depth } | { kind: "drill"; backup: Backup | null } | { kind: "cancel" };

/** Where backups go, when they are made, which there are, and whether they would restore. */
export function BackupsPage() {
  const [asked, setAsked] = useState<Asked>(null);
  const settings = usePolled(
    ["backups", "settings"],
    (signal) => backend.request("get", "/v1/backups/settings", { signal }),
    (data) => (data?.running ? RUNNING_MS : EVERY_MS),
  );
  const { data, error, asOf, refresh } = settings;
  // Which there are changes with every job that ended.
  const ended = data?.outcomes[0]?.at ?? "";
  const place = targetWords(data?.target);
  const list = usePolled(["backups", "list", ended, place], (signal) => (data?.target ? backend.request("get", "/v1/backups", { signal }) : Promise.resolve({ backups: [] })));
  const job = useMutation({
    mutationFn: start,
    onSettled: refresh,
    onError: (failure) => notify({ kind: "error", key: "backup job", text: "The job did not begin.", detail: describe(failure) }),
  });
  const fresh = <Freshness asOf={asOf} live="polled" />;
  const running = data?.running ?? null;
  useEndNotice(data);
  const ready = !!data?.target;
  const can = ready && running === null && !job.isPending;
  return (
    <Page
      title="Backups"
      actions={
        <>
          <Button disabled={!can} onClick={() => job.mutate({ kind: "create" })}>
            Back up now
          </Button>
          <Button variant="default" disabled={!can} onClick={() => setAsked({ verify: null })}>
            Verify all…
          </Button>
          <Button variant="default" disabled={!can} onClick={() => job.mutate({ kind: "drill", backup: null })}>
            Drill a restore
          </Button>
        </>
      }
    >
      {error ? <Failure title="The backups could not be read" error={error} retry={refresh} /> : null}
      {data === undefined ? null : (
        <>
          <Warnings warnings={data.warnings} />
          {running ? <JobPanel job={running} fresh={fresh} cancelling={job.isPending} onCancel={() => job.mutate({ kind: "cancel" })} /> : null}
          <Standing settings={data} fresh={fresh} />
          <Panel title={list.data === undefined ? "Backups" : counted(list.data.backups.length, "backup")} aside={<Freshness asOf={list.asOf} live="polled" />} flush>
            {list.error ? <Failure title="The backups there are could not be listed" error={list.error} retry={list.refresh} /> : null}
            {list.data === undefined ? null : list.data.backups.length === 0 ? (
              <NoBackup ready={ready} />
            ) : (
              <BackupTable
                backups={list.data.backups}
                doubt={doubtOf(data.outcomes)}
                busy={!can}
                onVerify={(backup) => setAsked({ verify: backup })}
                onDrill={(backup) => job.mutate({ kind: "drill", backup })}
                onRestore={(backup) => setAsked({ restore: backup })}
              />
            )}
          </Panel>
          {data.outcomes.length === 0 ? null : (
            <Panel title="Last jobs" aside={fresh} flush>
              <OutcomeTable outcomes={data.outcomes} />
            </Panel>
          )}
          <Panel title="Where they go">
            <TargetForm target={data.target} onSaved={refresh} />
          </Panel>
          <Panel title="When, and which are kept">
            <PlanForm settings={data} onSaved={refresh} />
          </Panel>
        </>
      )}
      {asked && "verify" in asked ? <VerifyDialog backup={asked.verify} onVerify={(depth) => job.mutate({ kind: "verify", backup: asked.verify, depth })} onClose={() => setAsked(null)} /> : null}
      {asked && "restore" in asked ? <RestoreDialog backup={asked.restore} onClose={() => setAsked(null)} /> : null}
    </Page>
  );
}

function start(job: Job) {
  switch (job.kind) {
    case "create":
      return backend.request("post", "/v1/backups", {});
    case "verify":
      return backend.request("post", "/v1/backups/verify", { body: { depth: job.depth, ...(job.backup ? { backup: job.backup.number } : {}) } });
    case "drill":
      return backend.request("post", "/v1/backups/drill", { body: job.backup ? { backup: job.backup.number } : {} });
    case "cancel":
      return backend.request("post", "/v1/backups/cancel", {});
  }
}

/** Returns how the last verification ended, if it found something wrong. */
function doubtOf(outcomes: readonly BackupOutcome[]): BackupOutcome | undefined {
  const last = outcomes.find(({ kind }) => kind === "verify");
  return last?.success === false ? last : undefined;
}

/** Says how a job ended that was seen running. */
function useEndNotice(settings: BackupSettings | undefined): void {
  const seen = useRef<string>(undefined);
  const running = settings?.running ?? null;
  const outcome = settings?.outcomes[0];
  useEffect(() => {
    if (running !== null) seen.current = running.started_at;
    if (running !== null || seen.current === undefined || outcome === undefined || Date.parse(outcome.at) < Date.parse(seen.current)) return;
    seen.current = undefined;
    notify({ kind: outcome.success ? "done" : "error", key: "backup end", text: `${jobName(outcome.kind)} ${outcome.success ? "done" : "failed"}.`, detail: outcome.message });
  }, [running, outcome]);
}

function Warnings({ warnings }: { warnings: readonly string[] }) {
  if (warnings.length === 0) return null;
  return (
    <Message kind="warning" title={warnings.length === 1 ? "△ Something needs attention" : `△ ${warnings.length} things need attention`}>
      <ul className={styles["list"]}>
        {warnings.map((warning) => (
          <li key={warning}>
            <Prose text={warning} />
          </li>
        ))}
      </ul>
    </Message>
  );
}

function Standing({ settings, fresh }: { settings: BackupSettings; fresh: React.ReactNode }) {
  const now = useNow(5000);
  const when = (time: string | null | undefined) => (time ? `${ago(time, now)}, ${moment(time, now)}` : "never");
  return (
    <Panel title="How it stands" aside={fresh}>
      <Facts
        facts={[
          { name: "They go to", value: <span className="mono">{targetWords(settings.target)}</span> },
          { name: "They are made", value: scheduleWords(settings.schedule) },
          { name: "Kept are", value: retentionWords(settings.retention) },
          { name: "Last backup", value: when(settings.last_success_at) },
          { name: "Restore last proven", value: when(settings.last_drill_at) },
          { name: "Next backup", value: settings.next_at ? moment(settings.next_at, now) : "when somebody asks" },
        ]}
      />
    </Panel>
  );
}

function NoBackup({ ready }: { ready: boolean }) {
  return (
    <Empty inset title={ready ? "No backup yet" : "Backups go nowhere yet"} command={ready ? "groma backup create" : "groma backup target local /mnt/backup/groma"}>
      {ready
        ? "Every backup is listed here: how large it is, what it holds, and whether something is wrong with it. Each adds only what the ones before lack, and is encrypted before it leaves this machine."
        : "Choose below where they go: a folder on another disk, or a bucket. Without a backup, everything here is lost with this disk."}
    </Empty>
  );
}
