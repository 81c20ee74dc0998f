/** A piece of a text, and whether it is one of the words that were looked for. */
export interface Piece {
  /** Where it begins. */
  at: number;
  text: string;
  hit: boolean;
}

/** Returns a text in pieces, so that what was looked for can be marked; case does not matter, longer words win. */
export function piecesOf(text: string, words: readonly string[]): Piece[] {
  const wanted = [...new Set(words.map((word) => word.trim().toLowerCase()).filter((word) => word !== ""))].sort((a, b) => b.length - a.length);
  if (wanted.length === 0 || text === "") return text === "" ? [] : [{ at: 0, text, hit: false }];
  const pattern = new RegExp(wanted.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)).join("|"), "giu");
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    if (match.index > from) pieces.push({ at: from, text: text.slice(from, match.index), hit: false });
    pieces.push({ at: match.index, text: match[0], hit: true });
    from = match.index + match[0].length;
  }
  if (from < text.length) pieces.push({ at: from, text: text.slice(from), hit: false });
  return pieces;
}
