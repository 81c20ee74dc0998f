import { create } from "zustand";

/** How this tab hears of events. `polling`: no stream opens, so it asks now and then. */
export type ConnectionState = "idle" | "connecting" | "live" | "polling" | "lost";

interface Connection {
  state: ConnectionState;
  /** When the state began, in Unix milliseconds. */
  since: number;
  set(state: ConnectionState): void;
}

export const useConnection = create<Connection>((set, get) => ({
  state: "idle",
  since: Date.now(),
  set: (state) => {
    if (get().state !== state) set({ state, since: Date.now() });
  },
}));

/** Whether what is on the page is known to be current. */
export function isCurrent(state: ConnectionState): boolean {
  return state === "live" || state === "polling";
}
