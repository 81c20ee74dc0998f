import type { Constraints, Permissions } from "../../api/types";
import { count, percent } from "../../shared/format/number";
import { moment } from "../../shared/format/time";
import { Facts } from "../../shared/ui/facts";
import { Panel } from "../../shared/ui/panel";
import styles from "./thing-page.module.css";

const KINDS = [
  { key: "allowed_actions", sign: "✓", word: "Allowed", look: "good" },
  { key: "denied_actions", sign: "✕", word: "Denied", look: "bad" },
  { key: "unknown_actions", sign: "?", word: "Not known", look: "warn" },
] as const;

/** What may be done with a thing, how that was found out, and how sure it is. */
export function PermissionsPanel({ permissions }: { permissions: Permissions }) {
  const who = permissions.user_context ?? {};
  return (
    <Panel title="Permissions">
      <div className={styles["stack"]}>
        <Facts
          facts={[
            { name: "Found out by", value: permissions.method },
            { name: "Confidence", value: percent(permissions.confidence * 100) },
            { name: "Checked", value: moment(permissions.checked_at) },
            { name: "For", value: who.username ?? who.role_arn ?? "not told" },
            ...(who.session_expires ? [{ name: "Session ends", value: moment(who.session_expires) }] : []),
          ]}
        />
        {KINDS.map(({ key, sign, word, look }) => {
          const actions = permissions[key] ?? [];
          return (
            <details key={key} open={actions.length > 0 && actions.length <= 12} className={styles["actions"]}>
              <summary>
                <span className={styles[look]} aria-hidden="true">
                  {sign}
                </span>{" "}
                {word} <span className={styles["dim"]}>{count(actions.length)}</span>
              </summary>
              {actions.length === 0 ? (
                <p className={styles["dim"]}>None.</p>
              ) : (
                <ul className={styles["plain"]}>
                  {actions.map((action) => (
                    <li key={action} className="mono">
                      {action}
                    </li>
                  ))}
                </ul>
              )}
            </details>
          );
        })}
      </div>
    </Panel>
  );
}

const QUESTIONS: readonly { key: keyof Constraints; name: string; good: boolean | null }[] = [
  { key: "can_start", name: "Can be started", good: true },
  { key: "can_stop", name: "Can be stopped", good: true },
  { key: "can_delete", name: "Can be deleted", good: true },
  { key: "has_dependencies", name: "Others need it", good: null },
  { key: "has_backups", name: "Has backups", good: true },
];

/** What stands against acting on a thing. */
export function ConstraintsPanel({ constraints }: { constraints: Constraints }) {
  const reasons = constraints.reasons ?? [];
  return (
    <Panel title="Constraints">
      <div className={styles["stack"]}>
        <Facts
          facts={QUESTIONS.filter(({ key }) => typeof constraints[key] === "boolean").map(({ key, name, good }) => {
            const yes = constraints[key] === true;
            return {
              name,
              value: (
                <span className={good !== null && yes !== good ? styles["warn"] : ""}>
                  <span aria-hidden="true">{yes ? "✓ " : "✕ "}</span>
                  {yes ? "yes" : "no"}
                </span>
              ),
            };
          })}
        />
        {reasons.length === 0 ? null : (
          <ul className={styles["list"]}>
            {reasons.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        )}
      </div>
    </Panel>
  );
}
