/** A part of a line that looks the same. */
export interface Span {
  text: string;
  /** One of the eight colours of terminals, 0 to 7; bright ones count as these. */
  colour?: number | undefined;
  bold?: boolean | undefined;
  underline?: boolean | undefined;
}

type Look = Omit<Span, "text">;

// CSI sequences, OSC ones (titles, links) up to their end, and what else begins with ESC.
// eslint-disable-next-line no-control-regex
const SEQUENCE = /\u001b\[([0-?]*)[ -/]*([@-~])|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u001b[ -/]*[0-~]?/g;
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f\u202a-\u202e\u2066-\u2069]/g;

/** Returns a line as a terminal would show it: the last of what was drawn over each other, colours as spans, other control characters visible. */
export function spansOf(line: string): Span[] {
  const spans: Span[] = [];
  let look: Look = {};
  let from = 0;
  const drawn = lastDrawn(line);
  for (const match of drawn.matchAll(SEQUENCE)) {
    push(spans, drawn.slice(from, match.index), look);
    from = match.index + match[0].length;
    if (match[2] === "m") look = styled(look, match[1] ?? "");
  }
  push(spans, drawn.slice(from), look);
  return spans;
}

/** Returns what of a line can be read, without colours. */
export function plain(line: string): string {
  return spansOf(line)
    .map((span) => span.text)
    .join("");
}

/** A carriage return begins the line anew; one at the end has nothing to show. */
function lastDrawn(line: string): string {
  if (!line.includes("\r")) return line;
  return line.split("\r").findLast((part) => part !== "") ?? "";
}

function push(spans: Span[], text: string, look: Look): void {
  if (text !== "") spans.push({ text: text.replace(CONTROL, visible), ...look });
}

/** Text that would reorder or hide what stands beside it shows as its number. */
function visible(character: string): string {
  const code = character.charCodeAt(0);
  if (code === 0x7f) return "\u2421";
  return code < 0x20 ? String.fromCharCode(0x2400 + code) : `<U+${code.toString(16).toUpperCase()}>`;
}

function styled(look: Look, parameters: string): Look {
  const codes = parameters.split(/[;:]/).map(Number);
  let styled = { ...look };
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? 0;
    if (code === 0) styled = {};
    else if (code === 1) styled.bold = true;
    else if (code === 22) styled.bold = undefined;
    else if (code === 4) styled.underline = true;
    else if (code === 24) styled.underline = undefined;
    else if (code >= 30 && code <= 37) styled.colour = code - 30;
    else if (code >= 90 && code <= 97) styled.colour = code - 90;
    else if (code === 39) styled.colour = undefined;
    else if (code === 38 || code === 48) at += codes[at + 1] === 5 ? 2 : 4;
  }
  return styled;
}
