import { create } from "zustand";

export interface Notice {
  id: number;
  kind: "done" | "warning" | "error";
  text: string;
  /** Why, and what to do; shown below the text. */
  detail?: string | undefined;
  /** How often the same was said; shown when more than once. */
  count: number;
}

/** What is to be said. */
export interface Saying extends Pick<Notice, "kind" | "text" | "detail"> {
  /** Sayings with the same key are one notice, of which the newest text shows; absent: those with the same text. */
  key?: string;
}

interface Held extends Notice {
  key: string;
}

interface Notices {
  notices: readonly Held[];
  dismiss(id: number): void;
}

export const useNotices = create<Notices>((set) => ({
  notices: [],
  dismiss: (id) => set(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) })),
}));

/** More than so many at once are a storm: the oldest confirmation goes first, errors last. */
export const SHOWN_MAX = 5;
let last = 0;

/** Says what came of something the user did. Confirmations go by themselves, all else stays until it is closed; the same again is counted, not repeated. */
export function notify({ key, ...saying }: Saying): void {
  const name = `${saying.kind} ${key ?? saying.text}`;
  useNotices.setState(({ notices }) => {
    const same = notices.find((notice) => notice.key === name);
    if (same !== undefined) return { notices: notices.map((notice) => (notice === same ? { ...same, ...saying, count: same.count + 1 } : notice)) };
    last += 1;
    return { notices: bounded([...notices, { ...saying, key: name, id: last, count: 1 }]) };
  });
}

function bounded(notices: readonly Held[]): readonly Held[] {
  if (notices.length <= SHOWN_MAX) return notices;
  const goes = notices.find(({ kind }) => kind === "done") ?? notices.find(({ kind }) => kind === "warning") ?? notices[0];
  return notices.filter((notice) => notice !== goes);
}
