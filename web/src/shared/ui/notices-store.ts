import { create } from "zustand";

export interface Notice {
  id: number;
  kind: "done" | "warning" | "error";
  text: string;
}

interface Notices {
  notices: readonly Notice[];
  dismiss(id: number): void;
}

export const useNotices = create<Notices>((set) => ({
  notices: [],
  dismiss: (id) => set(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) })),
}));

const SHOWN_MS = 6000;
const SHOWN_MAX = 5;
let last = 0;

/** Says what came of something the user did; errors stay until they are closed. */
export function notify(notice: Omit<Notice, "id">): void {
  last += 1;
  const id = last;
  useNotices.setState(({ notices }) => ({ notices: [...notices, { ...notice, id }].slice(-SHOWN_MAX) }));
  if (notice.kind === "done") setTimeout(() => useNotices.getState().dismiss(id), SHOWN_MS);
}
