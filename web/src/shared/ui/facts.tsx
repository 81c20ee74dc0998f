import type { ReactNode } from "react";

import styles from "./facts.module.css";

export interface Fact {
  name: string;
  value: ReactNode;
}

/** Named values in a grid. */
export function Facts({ facts, big = false }: { facts: readonly Fact[]; big?: boolean }) {
  return (
    <dl className={`${styles["facts"]} ${big ? styles["big"] : ""}`}>
      {facts.map((fact) => (
        <div key={fact.name}>
          <dt>{fact.name}</dt>
          <dd>{fact.value}</dd>
        </div>
      ))}
    </dl>
  );
}
