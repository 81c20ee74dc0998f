const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const DAY = new Intl.DateTimeFormat("en-CA", { year: "numeric", month: "2-digit", day: "2-digit" });

/** Returns the time of day of the reader's zone: `14:02:07`. */
export function clock(time: string | number): string {
  return CLOCK.format(new Date(time));
}

/** Returns the time of day to the millisecond: `14:02:07.123`. */
export function clockMillis(time: string): string {
  const date = new Date(time);
  return `${CLOCK.format(date)}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

/** Returns the day and time of the reader's zone; the day is left out when it is today's. */
export function moment(time: string | number, now = Date.now()): string {
  const day = DAY.format(new Date(time));
  return day === DAY.format(new Date(now)) ? clock(time) : `${day} ${clock(time)}`;
}

/** Returns how long something took: `0.4 s`, `1 min 05 s`, `2 h 03 min`. */
export function duration(ms: number): string {
  if (ms < 10_000) return `${(Math.max(0, ms) / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${String(seconds % 60).padStart(2, "0")} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

/** Returns how long ago a moment was: `just now`, `12 s ago`, `3 h ago`. */
export function ago(time: string | number, now = Date.now()): string {
  const seconds = Math.max(0, Math.round((now - new Date(time).getTime()) / 1000));
  if (seconds < 2) return "just now";
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

/** Returns milliseconds between two times of the wire. */
export function between(from: string, to: string): number {
  return new Date(to).getTime() - new Date(from).getTime();
}
