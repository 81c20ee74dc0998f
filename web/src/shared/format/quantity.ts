// Times and sizes as people write them in fields: `90 d`, `12 h`, `5 GiB`.

const TIME_UNITS: readonly (readonly [string, number])[] = [
  ["d", 86_400],
  ["h", 3600],
  ["min", 60],
  ["s", 1],
];
const SIZE_UNITS: readonly (readonly [string, number])[] = [
  ["TiB", 2 ** 40],
  ["GiB", 2 ** 30],
  ["MiB", 2 ** 20],
  ["KiB", 2 ** 10],
  ["B", 1],
];
const TIME_WORDS: Record<string, number> = { d: 86_400, day: 86_400, days: 86_400, w: 604_800, week: 604_800, weeks: 604_800, h: 3600, hour: 3600, hours: 3600, m: 60, min: 60, minutes: 60, s: 1, seconds: 1 };
const SIZE_WORDS: Record<string, number> = { b: 1, k: 2 ** 10, kb: 1e3, kib: 2 ** 10, m: 2 ** 20, mb: 1e6, mib: 2 ** 20, g: 2 ** 30, gb: 1e9, gib: 2 ** 30, t: 2 ** 40, tb: 1e12, tib: 2 ** 40 };

/** Returns seconds in the largest unit that holds them whole: `90 d`, `36 h`. */
export function span(seconds: number): string {
  const [unit, size] = TIME_UNITS.find(([, size]) => seconds >= size && seconds % size === 0) ?? ["s", 1];
  return `${seconds / size} ${unit}`;
}

/** Returns the seconds of a text such as `90 d` or `12h`; null when it is none. */
export function readSpan(text: string): number | null {
  return read(text, TIME_WORDS);
}

/** Returns bytes with at most one digit behind the point: `1.5 GiB`. */
export function bytes(value: number): string {
  const [unit, size] = SIZE_UNITS.find(([, size]) => Math.abs(value) >= size) ?? ["B", 1];
  const scaled = value / size;
  return `${scaled >= 100 || Number.isInteger(scaled) ? Math.round(scaled) : scaled.toFixed(1)} ${unit}`;
}

/** Returns bytes so that reading them gives the same number: `5 GiB`, `1500 B`. */
export function exactBytes(value: number): string {
  const [unit, size] = SIZE_UNITS.find(([, size]) => value >= size && value % size === 0) ?? ["B", 1];
  return `${value / size} ${unit}`;
}

/** Returns the bytes of a text such as `5 GiB`; null when it is none. */
export function readBytes(text: string): number | null {
  return read(text, SIZE_WORDS);
}

function read(text: string, words: Record<string, number>): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/i.exec(text.trim());
  if (match === null) return null;
  const size = words[(match[2] ?? "").toLowerCase()];
  if (size === undefined) return null;
  const value = Math.round(Number(match[1]) * size);
  return Number.isSafeInteger(value) ? value : null;
}
