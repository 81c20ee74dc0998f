import { quoted } from "../../shared/format/shell";
import type { ModelStatus } from "./types";

export const MODEL_WORDS: Record<ModelStatus["state"], { sign: string; word: string; says: string }> = {
  absent: { sign: "□", word: "Not installed", says: "Search finds by words and by likeness of spelling; “database server” does not find what is called postgres." },
  installing: { sign: "◌", word: "Being installed", says: "Search finds by words and likeness of spelling until it is there." },
  installed: { sign: "●", word: "Installed and used", says: "Search finds by words and by meaning." },
  damaged: { sign: "✕", word: "Damaged", says: "Search finds by words and by likeness of spelling until it is installed again." },
};

/** Returns whether the state changes by itself, so that it is worth asking often. */
export function modelMoves({ state, queued }: Pick<ModelStatus, "state" | "queued">): boolean {
  return state === "installing" || (state === "installed" && queued > 0);
}

/** Returns how far an installation is, from 0 to 100; null while it is not known how much there is. */
export function modelPercent(progress: ModelStatus["progress"]): number | null {
  if (!progress || typeof progress.bytes_total !== "number") return null;
  return progress.bytes_total === 0 ? 100 : Math.min(100, (100 * progress.bytes) / progress.bytes_total);
}

/** Returns the command that does the same. */
export function modelCommand(source: string): string {
  const from = source.trim();
  return from === "" ? "groma model install" : `groma model install --from ${quoted(from)}`;
}
