import { useMemo } from "react";

import type { PlanRun, StepResult } from "../../../api/types";
import { endedWith, over } from "../../../shared/execution/describe";
import { between, duration } from "../../../shared/format/time";
import { Status } from "../../../shared/ui/status";
import { useNow } from "../../../shared/ui/use-now";
import { VirtualTable, type Column } from "../../../shared/ui/virtual-table";
import { shownCommand } from "./shown-command";
import styles from "./plan.module.css";

interface StepTableProps {
  run: PlanRun;
  chosen: string | undefined;
  onChoose(step: string): void;
}

interface Row {
  step: StepResult;
  command: string;
  waits: string;
  took: string;
}

const COLUMNS: readonly Column<Row>[] = [
  { id: "step", name: "Step", width: "minmax(8rem, 14rem)", cell: ({ step }) => <span className="mono">{step.id}</span> },
  { id: "status", name: "Status", width: "8rem", cell: ({ step }) => <Status status={step.status} /> },
  { id: "took", name: "Took", width: "6rem", align: "end", cell: ({ took }) => took },
  { id: "ended", name: "Ended with", width: "9rem", cell: ({ step }) => (step.result ? endedWith(step.result) : null) ?? "–" },
  { id: "command", name: "Command", width: "minmax(10rem, 1fr)", cell: ({ command }) => <span className="mono">{command}</span> },
  { id: "waits", name: "After", width: "minmax(6rem, 14rem)", cell: ({ waits }) => <span className={styles["dim"]}>{waits}</span> },
  { id: "why", name: "Why not", width: "minmax(6rem, 14rem)", cell: ({ step }) => why(step) },
];
const ROW_PX = 32;
const ROWS_SHOWN = 12;

/** The steps of a plan, in its order. */
export function StepTable({ run, chosen, onChoose }: StepTableProps) {
  const now = useNow();
  const rows = useMemo(() => {
    const asked = new Map(run.plan.steps.map((step) => [step.id, step]));
    return run.result.steps.map((step): Row => {
      const { request, depends_on: after = [] } = asked.get(step.id) ?? {};
      return { step, command: request === undefined ? "" : shownCommand(request.command), waits: after.join(", "), took: tookOf(step, now) };
    });
  }, [run, now]);
  return (
    <VirtualTable
      label="Steps"
      columns={COLUMNS}
      rows={rows}
      rowKey={({ step }) => step.id}
      height={`${(Math.min(rows.length, ROWS_SHOWN) + 1) * ROW_PX + 2}px`}
      selected={chosen}
      onSelect={onChoose}
    />
  );
}

function tookOf({ status, result }: StepResult, now: number): string {
  if (!result?.started_at) return "–";
  if (result.completed_at) return duration(between(result.started_at, result.completed_at));
  return over(status) ? "–" : duration(now - new Date(result.started_at).getTime());
}

function why({ root_cause: root, result }: StepResult): string {
  if (root) return `${root} did not complete`;
  return result?.error ?? "";
}
