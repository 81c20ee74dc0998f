import type { Span } from "./ansi";

export interface Marked extends Span {
  /** Where it begins in the line. */
  at: number;
  found: boolean;
}

/** Splits spans where a text begins and ends, in any case. */
export function marked(spans: readonly Span[], find: string): Marked[] {
  const text = spans.map((span) => span.text).join("");
  const ranges = rangesOf(text, find);
  const parts: Marked[] = [];
  let at = 0;
  for (const span of spans) {
    const end = at + span.text.length;
    let from = at;
    for (const [begin, stop] of ranges) {
      if (stop <= from || begin >= end) continue;
      if (begin > from) parts.push({ ...span, text: text.slice(from, begin), at: from, found: false });
      const start = Math.max(begin, from);
      const until = Math.min(stop, end);
      parts.push({ ...span, text: text.slice(start, until), at: start, found: true });
      from = until;
    }
    if (from < end) parts.push({ ...span, text: text.slice(from, end), at: from, found: false });
    at = end;
  }
  return parts;
}

function rangesOf(text: string, find: string): [number, number][] {
  if (find === "") return [];
  const [haystack, needle] = [text.toLowerCase(), find.toLowerCase()];
  // Some letters change their length in the other case; then places would not fit.
  if (haystack.length !== text.length) return [];
  const ranges: [number, number][] = [];
  for (let at = haystack.indexOf(needle); at >= 0; at = haystack.indexOf(needle, at + needle.length)) ranges.push([at, at + needle.length]);
  return ranges;
}
