/** Pages by the letter that follows `g`. */
export const PAGE_KEYS = {
  o: { to: "/", name: "Overview" },
  s: { to: "/scans", name: "Scans" },
  n: { to: "/scans/new", name: "New scan" },
  i: { to: "/inventory", name: "Inventory" },
  x: { to: "/executions", name: "Executions" },
  e: { to: "/events", name: "Events" },
  w: { to: "/settings/webhooks", name: "Webhooks" },
  b: { to: "/settings/backups", name: "Backups" },
  l: { to: "/settings/errors", name: "Error log" },
  t: { to: "/settings/statistics", name: "Event statistics" },
  ",": { to: "/settings", name: "Settings" },
} as const;

export type PagePath = (typeof PAGE_KEYS)[keyof typeof PAGE_KEYS]["to"];

export type Shortcut = { does: "palette" } | { does: "keys" } | { does: "go"; to: PagePath };

/** What of a key press decides. */
export interface Press {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  /** Whether it is meant for a field, a dialog or the like. */
  taken: boolean;
}

/** How long `g` waits for its letter, in milliseconds. */
export const LEADER_MS = 1500;

/** Turns key presses into what they ask for; `g` waits for a letter for a while. */
export class Shortcuts {
  private leaderAt: number | undefined;

  /** Returns what a press asks for; null when it is none of ours. `now` is in milliseconds. */
  press(press: Press, singleKeys: boolean, now: number): Shortcut | null {
    const { key, ctrlKey, metaKey, altKey } = press;
    const led = this.leaderAt !== undefined && now - this.leaderAt <= LEADER_MS;
    this.leaderAt = undefined;
    if ((ctrlKey || metaKey) && !altKey && key.toLowerCase() === "k") return { does: "palette" };
    if (ctrlKey || metaKey || altKey || press.taken || !singleKeys) return null;
    if (led) {
      const page = Object.hasOwn(PAGE_KEYS, key) ? PAGE_KEYS[key as keyof typeof PAGE_KEYS] : undefined;
      return page === undefined ? null : { does: "go", to: page.to };
    }
    if (key === "g") this.leaderAt = now;
    return key === "?" ? { does: "keys" } : null;
  }
}

/** Returns whether keys pressed there are meant for it and not for the page. */
export function takesKeys(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  return target.closest("input, textarea, select, dialog, [contenteditable], [role=textbox], [role=listbox]") !== null;
}
