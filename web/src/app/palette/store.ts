import { create } from "zustand";

interface PaletteState {
  /** What stands above the page. */
  open: "palette" | "keys" | null;
  show(what: "palette" | "keys"): void;
  close(): void;
}

export const usePalette = create<PaletteState>((set) => ({
  open: null,
  show: (open) => set({ open }),
  close: () => set({ open: null }),
}));
