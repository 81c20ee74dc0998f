import { Link } from "@tanstack/react-router";

import type { PlanSummary } from "../../api/types";
import { originOf, over, planName, planRanFor } from "../../shared/execution/describe";
import { count } from "../../shared/format/number";
import { duration, moment } from "../../shared/format/time";
import { Progress } from "../../shared/ui/progress";
import { Status } from "../../shared/ui/status";
import { useNow } from "../../shared/ui/use-now";
import { activeFirst } from "./list-live";
import styles from "./list-page.module.css";

/** Plans that run or ran, one per row. */
export function PlanTable({ plans, label = "Plans" }: { plans: readonly PlanSummary[]; label?: string }) {
  const now = useNow();
  return (
    <div className={styles["scroll"]}>
      <table className={styles["table"]} aria-label={label}>
        <thead>
          <tr>
            <th scope="col">Status</th>
            <th scope="col">Plan</th>
            <th scope="col">Steps</th>
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
          {activeFirst(plans).map((plan) => (
            <PlanRow key={plan.id} plan={plan} now={now} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function PlanRow({ plan, now }: { plan: PlanSummary; now: number }) {
  const ran = planRanFor(plan, now);
  const name = planName(plan);
  const done = plan.steps_completed + plan.steps_failed;
  return (
    <tr>
      <td>
        <Status status={plan.status} />
      </td>
      <td>
        <Link to="/executions/$id" params={{ id: plan.id }} className={styles["command"]}>
          {name}
        </Link>
      </td>
      <td>
        <div className={styles["bar"]}>
          <Progress label={`Progress of ${name}`} value={plan.steps === 0 ? 0 : (done / plan.steps) * 100} ended={over(plan.status)} />
          <span className={styles["dim"]}>
            {count(plan.steps_completed)} of {count(plan.steps)} completed{plan.steps_failed > 0 ? `, ${count(plan.steps_failed)} not` : ""}
          </span>
        </div>
      </td>
      <td className={styles["end"]}>{ran === null ? "–" : duration(ran)}</td>
      <td>{plan.principal}</td>
      <td>{originOf(plan.origin)}</td>
      <td className={styles["end"]}>{moment(plan.created_at)}</td>
    </tr>
  );
}
