import type { Execution } from "../../api/types";
import { endedWith, over } from "../../shared/execution/describe";
import { Message } from "../../shared/ui/message";
import { Panel } from "../../shared/ui/panel";
import { Prose } from "../../shared/ui/prose";
import styles from "./detail-page.module.css";
import { teardownReport } from "./teardown";

/** What became of a command, in a sentence; shown once it ended. */
export function EndNotice({ execution }: { execution: Execution }) {
  const { status, error } = execution;
  if (!over(status) || status === "completed") return <div role="status">{status === "completed" ? <span className="sr-only">Completed.</span> : null}</div>;
  const kind = status === "cancelled" || status === "skipped" ? "warning" : "error";
  return (
    <div role="status">
      <Message kind={kind} title={title(execution)}>
        {error ? (
          <p>
            <Prose text={error} />
          </p>
        ) : null}
      </Message>
    </div>
  );
}

function title(execution: Execution): string {
  const how = endedWith(execution);
  switch (execution.status) {
    case "cancelled":
      return "Cancelled";
    case "skipped":
      return "Skipped: it never began";
    case "timed_out":
      return "It took too long and was ended";
    case "lost":
      return "Lost: the process that ran it died, and nobody saw the end";
    default:
      return how === null ? "It failed" : `It failed with ${how}`;
  }
}

/** How it was seen that nothing of a command is left. */
export function TeardownPanel({ execution }: { execution: Execution }) {
  const { teardown } = execution.result;
  if (!teardown) return null;
  const report = teardownReport(teardown);
  const lines = (
    <ul className={styles["list"]}>
      {report.lines.map((line) => (
        <li key={line}>
          <Prose text={line} />
        </li>
      ))}
    </ul>
  );
  return (
    <Panel title="Teardown">
      {report.clean ? (
        <div className={styles["status"]}>
          <strong>{report.title}</strong>
          {lines}
        </div>
      ) : (
        <Message kind="error" title={report.title}>
          {lines}
        </Message>
      )}
    </Panel>
  );
}
