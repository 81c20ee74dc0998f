import { create } from "zustand";

/** What somebody chose for this browser; the server knows nothing of it. */
export interface Choices {
  /** How often to ask while no stream opens, in milliseconds. */
  pollMs: number;
  /** Whether single keys (`?`, `g s`) do something; people who dictate turn them off. */
  singleKeys: boolean;
}

interface Preferences extends Choices {
  choose(change: Partial<Choices>): void;
}

export const POLL_MIN_MS = 1000;
export const POLL_MAX_MS = 60_000;
export const DEFAULTS: Choices = { pollMs: 2000, singleKeys: true };
const KEY = "groma-preferences";

/** Returns the choices in a stored text; what is missing or makes no sense is the default. */
export function readChoices(text: string | null): Choices {
  let stored: unknown;
  try {
    stored = JSON.parse(text ?? "{}");
  } catch {
    return DEFAULTS;
  }
  if (typeof stored !== "object" || stored === null) return DEFAULTS;
  const { pollMs, singleKeys } = stored as Record<string, unknown>;
  return {
    pollMs: typeof pollMs === "number" && Number.isFinite(pollMs) ? boundedPoll(pollMs) : DEFAULTS.pollMs,
    singleKeys: typeof singleKeys === "boolean" ? singleKeys : DEFAULTS.singleKeys,
  };
}

/** Returns an interval that neither floods the server nor looks dead. */
export function boundedPoll(ms: number): number {
  return Math.max(POLL_MIN_MS, Math.min(POLL_MAX_MS, Math.round(ms)));
}

export const usePreferences = create<Preferences>((set, get) => ({
  ...readChoices(load()),
  choose: (change) => {
    set(change);
    const { pollMs, singleKeys } = get();
    try {
      localStorage.setItem(KEY, JSON.stringify({ pollMs, singleKeys }));
    } catch {
      // Without storage the choice holds until the tab is closed.
    }
  },
}));

function load(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
