const WHOLE = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** Returns a count with its thousands apart: `65,535`. */
export function count(value: number): string {
  return WHOLE.format(value);
}

/** Returns a count and its word, in the plural where it must be: `1 host`, `3 hosts`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** Returns a percentage that says 100 % only when it is all, and 0 % only when it is nothing. */
export function percent(value: number): string {
  if (value >= 100) return "100 %";
  if (value <= 0) return "0 %";
  if (value < 0.1) return "<0.1 %";
  return `${Math.min(99.9, Math.floor(value * 10) / 10).toFixed(1)} %`;
}

/** Returns a rate per second with at most three digits that matter. */
export function rate(perSecond: number | null): string {
  if (perSecond === null || !Number.isFinite(perSecond) || perSecond < 0) return "–";
  return `${perSecond < 10 ? perSecond.toFixed(1) : count(perSecond)}/s`;
}

/** Returns milliseconds as measured on a wire: `0.42 ms`. */
export function latency(ms: number): string {
  if (ms < 1) return `${ms.toFixed(2)} ms`;
  return ms < 100 ? `${ms.toFixed(1)} ms` : `${count(ms)} ms`;
}
