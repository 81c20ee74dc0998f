import type { ReactNode } from "react";

import type { Webhook } from "./types";
import styles from "./state.module.css";

// Each state has its own outline, so that it can be told without colour.
const SHAPES: Record<Webhook["state"], ReactNode> = {
  active: <path d="M5 3.5 12.5 8 5 12.5Z" fill="currentColor" />,
  resting: <path d="M8 3v5l3 2M8 2a6 6 0 1 0 .01 0Z" />,
  paused: <path d="M5.5 4v8M10.5 4v8" strokeWidth="2.4" />,
  disabled: <path d="m4 4 8 8m0-8-8 8" strokeWidth="2" />,
};

/** Whether a webhook's deliveries go out, as word and shape. */
export function WebhookState({ state }: { state: Webhook["state"] }) {
  return (
    <span className={`${styles["state"]} ${styles[state] ?? ""}`}>
      <svg viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.6" aria-hidden="true">
        {SHAPES[state]}
      </svg>
      {state}
    </span>
  );
}
