import type { ReactNode } from "react";

import { CommandLine } from "./command-line";
import styles from "./empty.module.css";

interface EmptyProps {
  title: string;
  /** What would be here. */
  children: ReactNode;
  /** The button that fills it. */
  action?: ReactNode;
  /** The command that does the same. */
  command?: string;
  /** Whether it keeps its own distance from the edges, in a panel whose content reaches them. */
  inset?: boolean;
}

/** What an empty place says. */
export function Empty({ title, children, action, command, inset = false }: EmptyProps) {
  return (
    <div className={`${styles["empty"]} ${inset ? styles["inset"] : ""}`}>
      <strong>{title}</strong>
      <p>{children}</p>
      {action}
      {command === undefined ? null : <CommandLine command={command} />}
    </div>
  );
}
