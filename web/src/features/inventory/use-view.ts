import { useState, useSyncExternalStore } from "react";

import { backend } from "../../shared/backend/instance";
import { ResourceView, type ResourceViewState } from "./resource-view";
import type { InventorySearch } from "./search";

/** The view that was shown last: whoever comes back to it finds it as it was, and it is read anew. */
let last: { key: string; view: ResourceView } | undefined;

/** Returns the rows of a part of the inventory, kept current while the component shows. Words are searched for elsewhere. */
export function useResourceView(search: InventorySearch): ResourceView {
  const { q: _q, explain: _explain, ...part } = search;
  const key = JSON.stringify(Object.entries(part).filter(([, value]) => value !== undefined).sort());
  const [held, hold] = useState(() => open(key, part));
  if (held.key === key) return held.view;
  const next = open(key, part);
  hold(next);
  return next.view;
}

export interface Shown {
  view: ResourceView;
  state: ResourceViewState;
  /** Whether it is still what was shown before. */
  pending: boolean;
}

/** Returns a view and what it holds; until its first page came, the one that was shown before stays. */
export function useShown(view: ResourceView): Shown {
  const state = useSyncExternalStore(view.listen, view.get);
  const ready = state.total !== undefined || state.error !== undefined;
  const [before, hold] = useState({ view, state });
  if (ready && (before.view !== view || before.state !== state)) hold({ view, state });
  return ready || before.view === view ? { view, state, pending: false } : { ...before, pending: true };
}

function open(key: string, search: InventorySearch): { key: string; view: ResourceView } {
  if (last?.key !== key) last = { key, view: new ResourceView(backend, search) };
  return last;
}
