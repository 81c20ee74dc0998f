const FIRST_MS = 500;
const LONGEST_MS = 15_000;

/** Returns how long to wait before attempt `attempt` (0 is the first): doubling, and spread so that tabs don't march in step. */
export function backoffMs(attempt: number, random: () => number): number {
  const whole = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 10));
  return whole * (0.5 + random() * 0.5);
}
