import { Button } from "@mantine/core";
import type { ReactNode } from "react";

import { bytes } from "../../../shared/format/quantity";
import { duration, moment } from "../../../shared/format/time";
import { Facts } from "../../../shared/ui/facts";
import { Panel } from "../../../shared/ui/panel";
import { Progress } from "../../../shared/ui/progress";
import { useNow } from "../../../shared/ui/use-now";
import styles from "../settings.module.css";
import type { BackupJob } from "../types";
import { doingWords, jobLeftMs, jobName, jobPercent, phaseWords } from "./job-words";

interface JobPanelProps {
  job: BackupJob;
  fresh: ReactNode;
  cancelling: boolean;
  onCancel(): void;
}

/** What is under way: what it does now, how far it is, how fast, and how to stop it. */
export function JobPanel({ job, fresh, cancelling, onCancel }: JobPanelProps) {
  const now = useNow();
  const percent = jobPercent(job);
  const left = jobLeftMs(job);
  return (
    <Panel title={`${jobName(job.kind)} under way`} aside={fresh}>
      <div className={styles["stack"]}>
        <p>
          {doingWords(job.kind)}: <strong>{phaseWords(job.phase)}</strong>
        </p>
        {percent === null ? null : <Progress label={`Progress: ${jobName(job.kind)}`} value={percent} />}
        <Facts
          facts={[
            { name: "Done", value: job.bytes_total ? `${bytes(job.bytes)} of ${bytes(job.bytes_total)}` : bytes(job.bytes) },
            { name: "Rate", value: job.bytes_per_second > 0 ? `${bytes(Math.round(job.bytes_per_second))}/s` : "–" },
            { name: "Left", value: left === null ? "not known yet" : duration(left) },
            { name: "Running for", value: duration(now - Date.parse(job.started_at)) },
            { name: "Since", value: moment(job.started_at) },
          ]}
        />
        <div className={styles["buttons"]}>
          <Button variant="default" loading={cancelling} onClick={onCancel}>
            Stop it
          </Button>
        </div>
      </div>
    </Panel>
  );
}
