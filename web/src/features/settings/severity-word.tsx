import type { Severity } from "../../shared/errors/logged";
import styles from "./state.module.css";

const SIGNS: Record<Severity, string> = { info: "i", warning: "!", error: "✕", critical: "✕✕" };

/** How bad something is, by word and sign. */
export function SeverityWord({ severity }: { severity: Severity }) {
  return (
    <span className={`${styles["state"]} ${styles[severity] ?? ""}`}>
      <span aria-hidden="true">{SIGNS[severity]}</span>
      {severity}
    </span>
  );
}
