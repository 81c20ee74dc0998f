import { Link } from "@tanstack/react-router";

import type { ExecutionSummary } from "../../api/types";
import { endedWith, originOf, over, ranFor } from "../../shared/execution/describe";
import { count } from "../../shared/format/number";
import { duration, moment } from "../../shared/format/time";
import { Status } from "../../shared/ui/status";
import { useNow } from "../../shared/ui/use-now";
import { activeFirst } from "./list-live";
import styles from "./list-page.module.css";

/** Commands that run or ran, one per row. */
export function ExecutionTable({ executions, label = "Commands" }: { executions: readonly ExecutionSummary[]; label?: string }) {
  const now = useNow();
  return (
    <div className={styles["scroll"]}>
      <table className={styles["table"]} aria-label={label}>
        <thead>
          <tr>
            <th scope="col">Status</th>
            <th scope="col">Command</th>
            <th scope="col">Ended with</th>
            <th scope="col" className={styles["end"]}>
              Lines
            </th>
            <th scope="col" className={styles["end"]}>
              Took
            </th>
            <th scope="col">Who</th>
            <th scope="col">From</th>
            <th scope="col" className={styles["end"]}>
              Started
            </th>
          </tr>
        </thead>
        <tbody>
          {activeFirst(executions).map((execution) => (
            <ExecutionRow key={execution.id} execution={execution} now={now} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ExecutionRow({ execution, now }: { execution: ExecutionSummary; now: number }) {
  const ran = ranFor(execution, now);
  return (
    <tr>
      <td>
        <Status status={execution.status} />
      </td>
      <td>
        <Link to="/executions/$id" params={{ id: execution.id }} className={`mono ${styles["command"]}`} title={execution.command}>
          {execution.command}
        </Link>
        {execution.plan_id && execution.step_id ? (
          <span className={styles["dim"]}>
            {" step "}
            <Link to="/executions/$id" params={{ id: execution.plan_id }} search={{ step: execution.step_id }}>
              {execution.step_id}
            </Link>
          </span>
        ) : null}
      </td>
      <td>{endedWith(execution) ?? (over(execution.status) ? "–" : "")}</td>
      <td className={styles["end"]}>{count(execution.lines)}</td>
      <td className={styles["end"]}>{ran === null ? "–" : duration(ran)}</td>
      <td>{execution.principal}</td>
      <td>{originOf(execution.origin)}</td>
      <td className={styles["end"]}>{moment(execution.started_at ?? execution.created_at)}</td>
    </tr>
  );
}
