import type { ReactNode } from "react";

import styles from "./facts.module.css";

export interface Fact {
  name: string;
  value: ReactNode;
}

/** Named values in a grid. */
export function Facts({ facts, look = "" }: { facts: readonly Fact[]; look?: "big" | "four" | "" }) {
  return (
    <dl className={`${styles["facts"]} ${styles[look] ?? ""}`}>
      {facts.map((fact) => (
        <div key={fact.name}>
          <dt>{fact.name}</dt>
          <dd>{fact.value}</dd>
        </div>
      ))}
    </dl>
  );
}
