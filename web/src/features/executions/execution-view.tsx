import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import type { Execution } from "../../api/types";
import { endedWith, originOf, over, ranFor } from "../../shared/execution/describe";
import { count, counted } from "../../shared/format/number";
import { bytes } from "../../shared/format/quantity";
import { duration, moment } from "../../shared/format/time";
import { useLive } from "../../shared/live/use-live";
import { Facts } from "../../shared/ui/facts";
import { Freshness } from "../../shared/ui/freshness";
import { Failure } from "../../shared/ui/message";
import { Page } from "../../shared/ui/page";
import { Panel } from "../../shared/ui/panel";
import { Progress } from "../../shared/ui/progress";
import { Status } from "../../shared/ui/status";
import { useNow } from "../../shared/ui/use-now";
import { Actions } from "./actions";
import styles from "./detail-page.module.css";
import { executionOptions, type ToldProgress } from "./execution-live";
import { LogPanel, type LogSearch } from "./log/log-panel";
import { RequestPanel } from "./request-panel";
import { EndNotice, TeardownPanel } from "./result-panel";

interface ExecutionViewProps {
  id: string;
  search: LogSearch;
  onSearch(change: LogSearch): void;
}

/** One command: live while it runs, its record afterwards. */
export function ExecutionView({ id, search, onSearch }: ExecutionViewProps) {
  const { data, error, asOf, refresh } = useLive(`execution:${id}`, () => executionOptions(id));
  if (data === undefined) {
    return (
      <Page title={`Execution ${id.slice(-8)}`}>
        {error ? <Failure title="The execution could not be read" error={error} retry={refresh} /> : <p role="status">Reading…</p>}
      </Page>
    );
  }
  const { execution, progress } = data;
  const running = !over(execution.status);
  const fresh = <Freshness asOf={asOf} live={running} />;
  return (
    <Page title={shortened(execution.command)} actions={<Actions what="command" id={id} status={execution.status} onChanged={refresh} />}>
      {error ? <Failure title="The execution could not be read anew" error={error} retry={refresh} /> : null}
      <EndNotice execution={execution} />
      <StatusPanel execution={execution} fresh={fresh} />
      <LogPanel
        key={id}
        id={id}
        title="Log"
        lines={execution.lines}
        running={running}
        kept={execution.log}
        search={search}
        onSearch={onSearch}
        fresh={fresh}
        above={running && progress !== null ? <Told progress={progress} /> : null}
      />
      <TeardownPanel execution={execution} />
      <RequestPanel execution={execution} />
    </Page>
  );
}

const TITLE_MAX = 60;

function shortened(command: string): string {
  const line = command.split("\n", 1)[0] ?? "";
  return line.length > TITLE_MAX ? `${line.slice(0, TITLE_MAX - 1)}…` : line;
}

/** What a command says of itself while it runs. */
export function Told({ progress }: { progress: ToldProgress }) {
  return (
    <div className={styles["progress"]}>
      {progress.percent > 0 ? <Progress label="What the command says of its progress" value={progress.percent} /> : null}
      {progress.doing ? <code>{progress.doing}</code> : null}
    </div>
  );
}

function StatusPanel({ execution, fresh }: { execution: Execution; fresh: ReactNode }) {
  const now = useNow();
  const { result } = execution;
  const ran = ranFor(execution, now);
  const running = !over(execution.status);
  return (
    <Panel title="Status" aside={fresh}>
      <div className={styles["status"]}>
        <p className={styles["line"]}>
          <Status status={execution.status} />
          <span>{endedWith(execution)}</span>
          {execution.plan_id ? (
            <span className={styles["dim"]}>
              {`step ${execution.step_id ?? ""} of `}
              <Link to="/executions/$id" params={{ id: execution.plan_id }} search={execution.step_id ? { step: execution.step_id } : {}}>
                plan {execution.plan_id.slice(-8)}
              </Link>
            </span>
          ) : null}
        </p>
        <pre className={styles["command"]} tabIndex={0} aria-label="Command">
          {execution.command}
        </pre>
        <Facts
          look="four"
          facts={[
            { name: "Started", value: execution.started_at ? moment(execution.started_at) : running ? "not yet" : "never" },
            { name: running ? "Running for" : "Took", value: ran === null ? "–" : duration(ran) },
            { name: "Ended", value: execution.completed_at ? moment(execution.completed_at) : "–" },
            { name: "Attempts", value: count(result.attempts) },
            { name: "Output", value: `${counted(execution.lines, "line")}, ${bytes(execution.bytes)}` },
            { name: "Who", value: execution.principal },
            { name: "Runs in", value: `the ${originOf(execution.origin)}'s process` },
            ...(execution.pid ? [{ name: "Process", value: String(execution.pid) }] : []),
          ]}
        />
      </div>
    </Panel>
  );
}
