import { create } from "zustand";

import type { Session } from "../../api/types";

interface SessionState {
  /** Undefined until asked; null when nobody is signed in. */
  session: Session | null | undefined;
  signedIn(session: Session): void;
  signedOut(): void;
}

/** Who is signed in in this browser. */
export const useSession = create<SessionState>((set) => ({
  session: undefined,
  signedIn: (session) => set({ session }),
  signedOut: () => set({ session: null }),
}));
