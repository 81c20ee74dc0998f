import { useState, useSyncExternalStore } from "react";

import { backend } from "../../shared/backend/instance";
import { ResourceView } from "./resource-view";
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

export function useViewState(view: ResourceView) {
  return useSyncExternalStore(view.listen, view.get);
}

function open(key: string, search: InventorySearch): { key: string; view: ResourceView } {
  if (last?.key !== key) last = { key, view: new ResourceView(backend, search) };
  return last;
}
