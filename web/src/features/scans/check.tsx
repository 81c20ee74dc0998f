import type { UseQueryResult } from "@tanstack/react-query";

import type { Validation } from "../../api/types";
import { count } from "../../shared/format/number";
import { duration } from "../../shared/format/time";
import { Facts } from "../../shared/ui/facts";
import { Failure, Message } from "../../shared/ui/message";
import { Prose } from "../../shared/ui/prose";
import styles from "./new-page.module.css";

/** What the server says a scan would do, without doing it. */
export function Check({ targets, check }: { targets: number; check: UseQueryResult<Validation> }) {
  if (targets === 0) return <p className={styles["dim"]}>Name a target to see how many addresses and probes it means.</p>;
  if (check.error) return <Failure title="The request could not be checked" error={check.error} retry={() => void check.refetch()} />;
  if (check.data === undefined) return <p className={styles["dim"]}>Checking…</p>;
  const { valid, errors, warnings, hosts, ports, calls_expected, seconds_expected } = check.data;
  return (
    <div className={styles["check"]} aria-live="polite">
      {valid ? (
        <Facts
          facts={[
            { name: "Addresses", value: count(hosts) },
            { name: "Ports each", value: count(ports) },
            { name: "Probes at most", value: count(calls_expected) },
            { name: "Takes at most", value: duration(seconds_expected * 1000) },
          ]}
        />
      ) : (
        <Message kind="error" title="This scan would not start">
          <ul className={styles["issues"]}>
            {errors.map((issue) => (
              <li key={`${issue.field} ${issue.message}`}>
                <Prose text={issue.message} />
              </li>
            ))}
          </ul>
        </Message>
      )}
      {warnings.map((issue) => (
        <Message key={issue.message} kind="warning" title="Before you start">
          <p>
            <Prose text={issue.message} />
          </p>
        </Message>
      ))}
    </div>
  );
}
