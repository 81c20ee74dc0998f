import type { Execution, ExecutionRequest } from "../../api/types";
import { execCommand } from "../../shared/execution/command";
import { moment } from "../../shared/format/time";
import { span } from "../../shared/format/quantity";
import { CommandLine } from "../../shared/ui/command-line";
import { Facts, type Fact } from "../../shared/ui/facts";
import { Panel } from "../../shared/ui/panel";
import styles from "./detail-page.module.css";

/** What was asked for. */
export function RequestPanel({ execution }: { execution: Execution }) {
  const { request } = execution;
  const { command } = request;
  return (
    <Panel title="What was asked">
      <div className={styles["status"]}>
        <Facts
          look="four"
          facts={[
            { name: "Directory", value: <span className="mono">{request.working_dir ?? "where it was asked for"}</span> },
            ...environment(request),
            { name: "Reads", value: reads(request) },
            ...limits(request),
            { name: "Asked", value: moment(execution.created_at) },
            ...(execution.result.log_path ? [{ name: "Log file", value: <span className="mono">{execution.result.log_path}</span> }] : []),
          ]}
        />
        {command.type === "script" && command.content ? (
          <pre className={styles["script"]} tabIndex={0} aria-label="Script">
            {command.content}
          </pre>
        ) : null}
        <p>
          <span className={styles["dim"]}>Id</span> <span className="mono">{execution.id}</span>
        </p>
        <CommandLine command={execCommand(request)} />
      </div>
    </Panel>
  );
}

function environment(request: ExecutionRequest): Fact[] {
  const { inherit_env: inherited = "all" } = request;
  const from = inherited === "all" ? "all of the caller's" : inherited === "clean" ? "nothing but the basics" : `of the caller's ${inherited.named.join(", ") || "nothing"}`;
  const names = Object.keys(request.env ?? {});
  const secrets = Object.keys(request.secrets ?? {});
  return [
    { name: "Environment", value: names.length === 0 ? from : <>{from}, and <span className="mono">{names.join(", ")}</span></> },
    ...(secrets.length === 0 ? [] : [{ name: "Secrets, kept out of the log", value: <span className="mono">{secrets.join(", ")}</span> }]),
  ];
}

function reads({ stdin }: ExecutionRequest): string {
  switch (stdin?.type) {
    case undefined:
    case "none":
      return "nothing";
    case "inherit":
      return "the caller's own input";
    case "text":
      return `a text of ${stdin.text.length} characters`;
    case "bytes":
      return "bytes that came with it";
    case "file":
      return stdin.path;
    case "secret":
      return "a secret";
  }
}

function limits(request: ExecutionRequest): Fact[] {
  const named = [
    ["Time limit", request.timeout_ms],
    ["Limit of all attempts", request.total_timeout_ms],
    ["Limit of silence", request.silence_timeout_ms],
  ] as const;
  return named.flatMap(([name, ms]) => (typeof ms !== "number" ? [] : [{ name, value: ms === 0 ? "none" : ms % 1000 === 0 ? span(ms / 1000) : `${ms} ms` }]));
}
