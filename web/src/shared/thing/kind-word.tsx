import type { ReactNode } from "react";

import { kindWords, type KindShape } from "./kind";
import styles from "./thing.module.css";

const SHAPES: Record<KindShape, ReactNode> = {
  host: <path d="M2.5 3h11v4h-11zM2.5 9h11v4h-11zM5 5h.01M5 11h.01" />,
  service: <path d="M5.5 2v3.5M10.5 2v3.5M3.5 5.5h9v2.2a4.5 4.5 0 0 1-9 0zM8 12.2V14" />,
  machine: <path d="M2 3h12v7.5H2zM5.5 13.5h5M8 10.5v3" />,
  storage: <path d="M2.8 4.2c0-1.1 2.3-2 5.2-2s5.2.9 5.2 2v7.6c0 1.1-2.3 2-5.2 2s-5.2-.9-5.2-2zM2.8 4.2c0 1.1 2.3 2 5.2 2s5.2-.9 5.2-2M2.8 8c0 1.1 2.3 2 5.2 2s5.2-.9 5.2-2" />,
  network: <path d="M6 2.2h4v3.2H6zM1.8 10.6h4v3.2h-4zM10.2 10.6h4v3.2h-4zM8 5.4v2.8M3.8 10.6V8.2h8.4v2.4" />,
  identity: <path d="M8 2.2a2.6 2.6 0 1 0 .01 0ZM2.8 13.8c.4-3 2.4-4.8 5.2-4.8s4.8 1.8 5.2 4.8" />,
  code: <path d="M6 2.5 3.2 8 6 13.5M10 2.5 12.8 8 10 13.5" />,
  thing: <path d="m8 1.8 5.4 3.1v6.2L8 14.2l-5.4-3.1V4.9zM2.8 5 8 8l5.2-3M8 8v6" />,
};

/** A kind as a word and a drawing; its whole name is told where one points. */
export function Kind({ kind }: { kind: string }) {
  const { one, shape } = kindWords(kind);
  return (
    <span className={styles["kind"]} title={kind}>
      <svg viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.3" strokeLinejoin="round" strokeLinecap="round" aria-hidden="true">
        {SHAPES[shape]}
      </svg>
      <span>{one}</span>
    </span>
  );
}
