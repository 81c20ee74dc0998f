import { Link } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useRef, useState, type ReactNode } from "react";

import type { PlanRun, StepResult } from "../../../api/types";
import { originOf, over, planName, planRanFor } from "../../../shared/execution/describe";
import { count, counted, percent } from "../../../shared/format/number";
import { duration, moment } from "../../../shared/format/time";
import { useLive } from "../../../shared/live/use-live";
import { Facts } from "../../../shared/ui/facts";
import { Freshness } from "../../../shared/ui/freshness";
import { Failure, Message } from "../../../shared/ui/message";
import { Page } from "../../../shared/ui/page";
import { Panel } from "../../../shared/ui/panel";
import { Progress } from "../../../shared/ui/progress";
import { Prose } from "../../../shared/ui/prose";
import { Status } from "../../../shared/ui/status";
import { useNow } from "../../../shared/ui/use-now";
import { Actions } from "../actions";
import { LogPanel } from "../log/log-panel";
import type { DetailSearch } from "../search";
import { planOptions } from "./plan-live";
import styles from "./plan.module.css";
import { StepTable } from "./step-table";

const PlanGraph = lazy(() => import("./plan-graph"));

/** More steps than so many are no picture any more. */
export const GRAPH_MAX = 300;

interface PlanViewProps {
  id: string;
  search: DetailSearch;
  onSearch(change: DetailSearch): void;
}

/** One plan: its steps as a graph and as a table, and the log of the chosen one. */
export function PlanView({ id, search, onSearch }: PlanViewProps) {
  const { data, error, asOf, refresh } = useLive(`plan:${id}`, () => planOptions(id));
  // Chosen here, and not by the address: then its log comes into view.
  const [picked, setPicked] = useState<string>();
  if (data === undefined) {
    return <Page title={`Plan ${id.slice(-8)}`}>{error ? <Failure title="The plan could not be read" error={error} retry={refresh} /> : <p role="status">Reading…</p>}</Page>;
  }
  const { run, lines } = data;
  const fresh = <Freshness asOf={asOf} live={!over(run.status)} />;
  const choose = (step: string): void => {
    setPicked(step);
    onSearch({ step, line: undefined, find: undefined, stream: undefined });
  };
  const chosen = run.result.steps.find((step) => step.id === search.step);
  return (
    <Page title={planName(run)} actions={<Actions what="plan" id={id} status={run.status} onChanged={refresh} />}>
      {error ? <Failure title="The plan could not be read anew" error={error} retry={refresh} /> : null}
      <EndNotice run={run} />
      <PlanStatus run={run} fresh={fresh} />
      <Panel title={counted(run.result.steps.length, "step")} aside={fresh} flush>
        {run.result.steps.length > GRAPH_MAX ? (
          <p className={styles["note"]}>A picture of {count(run.result.steps.length)} steps could not be read; up to {GRAPH_MAX} are drawn. The table has them all.</p>
        ) : (
          <Suspense fallback={<p className={styles["note"]}>Drawing…</p>}>
            <PlanGraph run={run} chosen={search.step} onChoose={choose} />
          </Suspense>
        )}
        <StepTable run={run} chosen={search.step} onChoose={choose} />
      </Panel>
      {chosen === undefined ? null : <StepLog key={chosen.execution_id} step={chosen} reveal={chosen.id === picked} lines={lines.get(chosen.execution_id) ?? 0} search={search} onSearch={onSearch} fresh={fresh} />}
    </Page>
  );
}

interface StepLogProps {
  step: StepResult;
  /** Whether it was asked for just now, so that it should be seen. */
  reveal: boolean;
  lines: number;
  search: DetailSearch;
  onSearch(change: DetailSearch): void;
  fresh: ReactNode;
}

function StepLog({ step, reveal, lines, search, onSearch, fresh }: StepLogProps) {
  const top = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (reveal) top.current?.scrollIntoView({ block: "nearest", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  }, [reveal]);
  return (
    <>
      <p ref={top} className={styles["reveal"]}>
        <Link to="/executions/$id" params={{ id: step.execution_id }}>
          Open step {step.id}
        </Link>{" "}
        <span className={styles["dim"]}>for its request, result and teardown.</span>
      </p>
      <LogPanel
        id={step.execution_id}
        title={`Log of ${step.id}`}
        lines={Math.max(lines, step.result?.lines ?? 0)}
        running={!over(step.status)}
        kept
        search={search}
        onSearch={onSearch}
        fresh={fresh}
      />
    </>
  );
}

function EndNotice({ run }: { run: PlanRun }) {
  if (!over(run.status) || run.status === "completed") return <div role="status">{run.status === "completed" ? <span className="sr-only">Completed.</span> : null}</div>;
  return (
    <div role="status">
      <Message kind={run.status === "cancelled" ? "warning" : "error"} title={run.status === "cancelled" ? "Cancelled" : run.status === "lost" ? "Lost: the process that ran it died" : "It did not complete"}>
        {run.error ? (
          <p>
            <Prose text={run.error} />
          </p>
        ) : null}
      </Message>
    </div>
  );
}

function PlanStatus({ run, fresh }: { run: PlanRun; fresh: ReactNode }) {
  const now = useNow();
  const ran = planRanFor(run, now);
  const running = !over(run.status);
  const part = run.steps === 0 ? 0 : ((run.steps_completed + run.steps_failed) / run.steps) * 100;
  const active = run.result.steps.filter((step) => step.status === "running").map((step) => step.id);
  return (
    <Panel title="Progress" aside={fresh}>
      <div className={styles["status"]}>
        <p className={styles["line"]}>
          <Status status={run.status} />
          <span className={styles["dim"]}>{active.length === 0 ? "" : `now: ${active.slice(0, 4).join(", ")}${active.length > 4 ? ` and ${active.length - 4} more` : ""}`}</span>
          <span className={styles["percent"]}>{percent(part)}</span>
        </p>
        <Progress label={`Progress of ${planName(run)}`} value={part} ended={!running} />
        <Facts
          look="four"
          facts={[
            { name: "Completed", value: `${count(run.steps_completed)} of ${count(run.steps)}` },
            { name: "Not completed", value: count(run.steps_failed) },
            { name: running ? "Running for" : "Took", value: ran === null ? "–" : duration(ran) },
            { name: "Started", value: moment(run.created_at) },
            { name: "How", value: strategyOf(run) },
            { name: "Who", value: run.principal },
            { name: "Runs in", value: `the ${originOf(run.origin)}'s process` },
          ]}
        />
      </div>
    </Panel>
  );
}

function strategyOf({ plan: { strategy } }: PlanRun): string {
  switch (strategy?.type) {
    case "parallel":
      return `up to ${strategy.max_concurrency} at once`;
    case "dependency_graph":
      return `by dependencies, up to ${strategy.max_concurrency} at once`;
    default:
      return strategy?.on_error === "continue" ? "one by one, going on after failures" : "one by one";
  }
}
