import { lazy, Suspense } from "react";

import { usePalette } from "./store";
import { useShortcuts } from "./use-shortcuts";

const load = () => import("./palette");
const LazyPalette = lazy(() => load().then(({ Palette }) => ({ default: Palette })));
const LazyKeysHelp = lazy(() => import("./keys-help").then(({ KeysHelp }) => ({ default: KeysHelp })));

/** The palette and the list of keys, loaded when they are first asked for. */
export function Overlay() {
  useShortcuts();
  const { open, close } = usePalette();
  return (
    <Suspense>
      {open === "palette" ? <LazyPalette onClose={close} /> : null}
      {open === "keys" ? <LazyKeysHelp onClose={close} /> : null}
    </Suspense>
  );
}
