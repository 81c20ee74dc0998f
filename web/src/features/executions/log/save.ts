import type { LogLine } from "../../../api/types";
import { plain } from "./ansi";
import type { ReadLog } from "./source";

const PAGE = 10_000;
/** More than so much is not gathered in a browser; the command line has no such limit. */
export const SAVE_CHARACTERS_MAX = 200_000_000;

export interface Saved {
  parts: string[];
  /** Whether it is not all there is. */
  cut: boolean;
}

/** Reads a log from a line on as text, up to a number of lines. `told` hears how far it is. */
export async function textOf(read: ReadLog, from: number, linesMax: number, colours: boolean, signal: AbortSignal, told?: (line: number) => void): Promise<Saved> {
  const parts: string[] = [];
  let [next, lines, characters] = [from, 0, 0];
  for (;;) {
    const answer = await read({ from_line: next, limit: Math.min(PAGE, linesMax - lines) }, signal);
    const text = joined(answer.lines, colours);
    parts.push(text);
    lines += answer.lines.length;
    characters += text.length;
    const end = answer.next_line <= next || answer.next_line > answer.last_line;
    next = answer.next_line;
    told?.(next - 1);
    if (end) return { parts, cut: false };
    if (lines >= linesMax || characters >= SAVE_CHARACTERS_MAX) return { parts, cut: true };
  }
}

function joined(lines: readonly LogLine[], colours: boolean): string {
  return lines.map((line) => `${colours ? line.line : plain(line.line)}${line.partial ? "" : "\n"}`).join("");
}

/** Hands a text to the browser to keep. */
export function offer(parts: readonly string[], name: string): void {
  const address = URL.createObjectURL(new Blob([...parts], { type: "text/plain;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
