import { useEffect, useRef, type ReactNode } from "react";

import styles from "./page.module.css";

interface PageProps {
  /** The heading, and the name of the tab. */
  title: string;
  /** Stands right of the heading. */
  actions?: ReactNode;
  children: ReactNode;
}

/** A page: its title, which takes the focus when the page opens, and its parts below each other. */
export function Page({ title, actions, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Groma`;
  }, [title]);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <>
      <header className={styles["head"]}>
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {actions}
      </header>
      <div className={styles["stack"]}>{children}</div>
    </>
  );
}
