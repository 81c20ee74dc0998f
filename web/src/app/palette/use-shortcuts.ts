import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";

import { usePreferences } from "../../shared/preferences/store";
import { Shortcuts, takesKeys } from "./shortcuts";
import { usePalette } from "./store";

/** Listens to the keyboard while the component shows. */
export function useShortcuts(): void {
  const router = useRouter();
  useEffect(() => {
    const shortcuts = new Shortcuts();
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing) return;
      const { key, ctrlKey, metaKey, altKey } = event;
      const asked = shortcuts.press({ key, ctrlKey, metaKey, altKey, taken: takesKeys(event.target) }, usePreferences.getState().singleKeys, Date.now());
      if (asked === null) return;
      event.preventDefault();
      // What stands above the page is answered first; the palette itself closes by the key that opened it.
      const { open, show, close } = usePalette.getState();
      if (open === "palette" && asked.does === "palette") return close();
      if (document.querySelector("dialog[open]") !== null) return undefined;
      if (asked.does === "go") return void router.navigate({ to: asked.to });
      return show(asked.does);
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [router]);
}
