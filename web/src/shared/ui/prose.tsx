import { Fragment } from "react";

interface Part {
  /** Where it begins in the text. */
  at: number;
  words: string;
  code: boolean;
}

/** A sentence as errors and advice are written: what stands between backticks is to be typed or read as it is. */
export function Prose({ text }: { text: string }) {
  return partsOf(text).map(({ at, words, code }) => (code ? <code key={at}>{words}</code> : <Fragment key={at}>{words}</Fragment>));
}

function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  let from = 0;
  for (const match of text.matchAll(/`([^`]+)`/g)) {
    parts.push({ at: from, words: text.slice(from, match.index), code: false }, { at: match.index + 1, words: match[1] ?? "", code: true });
    from = match.index + match[0].length;
  }
  return [...parts, { at: from, words: text.slice(from), code: false }].filter(({ words }) => words !== "");
}
