import { CopyButton } from "./copy-button";
import styles from "./command-line.module.css";

/** A command that does the same as the page, ready to copy. */
export function CommandLine({ command }: { command: string }) {
  return (
    <div className={styles["line"]}>
      <span className={styles["prompt"]} aria-hidden="true">
        $
      </span>
      <code>{command}</code>
      <CopyButton text={command} label="Copy command" />
    </div>
  );
}
