import { create } from "zustand";

/** A view under a name; what it shows is its address. */
export interface SavedView {
  name: string;
  /** What stands behind `/inventory`, with its question mark; empty for everything. */
  query: string;
}

interface SavedViews {
  views: readonly SavedView[];
  /** Keeps a view; one of the same name is replaced. */
  save(view: SavedView): void;
  remove(name: string): void;
}

const KEY = "groma-inventory-views";
export const NAME_MAX = 60;
export const VIEWS_MAX = 50;

/** Returns the views in a stored text; what makes no sense is left out. */
export function readViews(text: string | null): SavedView[] {
  let stored: unknown;
  try {
    stored = JSON.parse(text ?? "[]");
  } catch {
    return [];
  }
  if (!Array.isArray(stored)) return [];
  return stored.flatMap((one: unknown) => {
    const { name, query } = (one ?? {}) as Partial<Record<string, unknown>>;
    return typeof name === "string" && name !== "" && typeof query === "string" && (query === "" || query.startsWith("?")) ? [{ name, query }] : [];
  }).slice(0, VIEWS_MAX);
}

/** The views of this browser; the server knows nothing of them. */
export const useSavedViews = create<SavedViews>((set, get) => {
  const change = (views: readonly SavedView[]): void => {
    set({ views });
    try {
      localStorage.setItem(KEY, JSON.stringify(views));
    } catch {
      // Without storage they hold until the tab is closed.
    }
  };
  return {
    views: readViews(load()),
    save: (view) => {
      const others = get().views.filter(({ name }) => name !== view.name);
      change([...others, view].sort((a, b) => a.name.localeCompare(b.name)).slice(0, VIEWS_MAX));
    },
    remove: (name) => change(get().views.filter((view) => view.name !== name)),
  };
});

function load(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
