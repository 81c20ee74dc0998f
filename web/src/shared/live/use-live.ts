import { useMemo, useSyncExternalStore } from "react";

import { backend } from "../backend/instance";
import { LiveView, type LiveOptions, type LiveSnapshot } from "./live-view";

export interface Live<S> extends LiveSnapshot<S> {
  refresh(): void;
}

/** Keeps a state live while the component shows; `key` names it, and another key begins anew. */
export function useLive<S>(key: string, options: () => LiveOptions<S>): Live<S> {
  // The options close over nothing but what the key names.
  const view = useMemo(() => new LiveView(backend, options()), [key]);
  const snapshot = useSyncExternalStore(view.listen, view.get);
  return { ...snapshot, refresh: view.refresh };
}
