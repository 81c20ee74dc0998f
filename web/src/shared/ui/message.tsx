import { Button } from "@mantine/core";
import type { ReactNode } from "react";

import { advice, describe } from "../backend/problem";
import styles from "./message.module.css";
import { Prose } from "./prose";

interface MessageProps {
  kind: "info" | "warning" | "error";
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
}

/** Something the reader should know, in place. */
export function Message({ kind, title, children, actions }: MessageProps) {
  return (
    <div className={`${styles["message"]} ${styles[kind] ?? ""}`} role={kind === "error" ? "alert" : undefined}>
      <p className={styles["title"]}>{title}</p>
      {children}
      {actions ? <div className={styles["actions"]}>{actions}</div> : null}
    </div>
  );
}

interface FailureProps {
  /** What did not work, as a sentence: `The scans could not be read`. */
  title: string;
  error: unknown;
  retry?: () => void;
}

/** An error: what happened, why, and what to do. */
export function Failure({ title, error, retry }: FailureProps) {
  return (
    <Message
      kind="error"
      title={title}
      actions={
        retry ? (
          <Button size="compact-sm" variant="default" onClick={retry}>
            Try again
          </Button>
        ) : null
      }
    >
      <p>
        <Prose text={describe(error)} />
      </p>
      <p className={styles["advice"]}>
        <Prose text={advice(error)} />
      </p>
    </Message>
  );
}
