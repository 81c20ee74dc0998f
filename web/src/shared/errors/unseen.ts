import { create } from "zustand";

interface Unseen {
  /** Errors and warnings that came while this page was open and nobody looked at the log. */
  count: number;
  add(count: number): void;
  seen(): void;
}

export const useUnseenErrors = create<Unseen>((set) => ({
  count: 0,
  add: (more) => set(({ count }) => ({ count: count + more })),
  seen: () => set({ count: 0 }),
}));
