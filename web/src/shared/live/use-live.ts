import { useState, useSyncExternalStore } from "react";

import { backend } from "../backend/instance";
import { LiveView, type LiveOptions, type LiveSnapshot } from "./live-view";

export interface Live<S> extends LiveSnapshot<S> {
  refresh(): void;
}

/** Keeps a state live while the component shows; `key` names it, and another key begins anew. */
export function useLive<S>(key: string, options: () => LiveOptions<S>): Live<S> {
  const [held, hold] = useState(() => ({ key, view: new LiveView(backend, options()) }));
  let { view } = held;
  if (held.key !== key) {
    // The options close over nothing but what the key names.
    view = new LiveView(backend, options());
    hold({ key, view });
  }
  const snapshot = useSyncExternalStore(view.listen, view.get);
  return { ...snapshot, refresh: view.refresh };
}
