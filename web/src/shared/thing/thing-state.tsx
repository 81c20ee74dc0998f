import type { ReactNode } from "react";

import { lookOf, stateWord, type StateLook } from "./state";
import styles from "./thing.module.css";

// Each look has its own outline, so that it can be told without colour.
const SHAPES: Record<StateLook, ReactNode> = {
  good: <circle cx="8" cy="8" r="4.6" fill="currentColor" stroke="none" />,
  bad: <path d="m4 4 8 8m0-8-8 8" strokeWidth="2" />,
  moving: <circle cx="8" cy="8" r="4.6" strokeDasharray="2.4 2.4" />,
  resting: <path d="M4 4h8v8H4z" />,
  unknown: <path d="M8 2.8 13.2 8 8 13.2 2.8 8z" strokeDasharray="2.4 1.6" />,
  plain: <circle cx="8" cy="8" r="4.6" />,
  deleted: <path d="M8 3a5 5 0 1 0 .01 0ZM4.5 11.5l7-7" />,
};

/** A thing's state as word and shape; of one that is gone, that it is. */
export function ThingState({ state, deleted = false }: { state: string; deleted?: boolean }) {
  const look = lookOf(state, deleted);
  return (
    <span className={`${styles["state"]} ${styles[look] ?? ""}`} title={deleted ? `was ${stateWord(state)}` : undefined}>
      <svg viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.6" aria-hidden="true">
        {SHAPES[look]}
      </svg>
      <span>{deleted ? "deleted" : stateWord(state)}</span>
    </span>
  );
}
