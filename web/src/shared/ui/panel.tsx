import { useId, type ReactNode } from "react";

import styles from "./panel.module.css";

interface PanelProps {
  title: string;
  /** Stands at the right of the title: freshness, actions. */
  aside?: ReactNode;
  /** Whether the content reaches the panel's edges. */
  flush?: boolean;
  children: ReactNode;
}

/** A titled part of a page. */
export function Panel({ title, aside, flush = false, children }: PanelProps) {
  const id = useId();
  return (
    <section className={styles["panel"]} aria-labelledby={id}>
      <div className={styles["head"]}>
        <h2 id={id}>{title}</h2>
        {aside}
      </div>
      <div className={flush ? styles["flush"] : styles["body"]}>{children}</div>
    </section>
  );
}
