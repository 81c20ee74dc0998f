import { readSpan, span } from "../../../shared/format/quantity";
import type { BackupRetention, BackupSchedule, BackupSettings, BackupSettingsRequest } from "../types";

/** The form of when backups are made, which are kept, and how often one is tried, as it is written. */
export interface PlanDraft {
  schedule: BackupSchedule["kind"];
  every: string;
  hour: string;
  keepLast: string;
  daily: string;
  weekly: string;
  monthly: string;
  drillDays: string;
}

export const EVERY_MIN_S = 900;
const KEEP_MAX = 10_000;
const DAYS_MAX = 3650;

export function planDraft({ schedule, retention, drill_days }: Pick<BackupSettings, "schedule" | "retention" | "drill_days">): PlanDraft {
  return {
    schedule: schedule.kind,
    every: schedule.kind === "every" ? span(schedule.seconds) : "6 h",
    hour: schedule.kind === "daily" ? String(schedule.hour) : "3",
    keepLast: String(retention.keep_last),
    daily: String(retention.daily ?? 0),
    weekly: String(retention.weekly ?? 0),
    monthly: String(retention.monthly ?? 0),
    drillDays: String(drill_days),
  };
}

/** Returns what is wrong with the time between two backups; null when nothing is. */
export function everyError(text: string): string | null {
  const seconds = readSpan(text);
  if (seconds === null) return "Write it as 6 h, 1 d, 30 min";
  return seconds < EVERY_MIN_S ? "At least 15 min" : null;
}

/** Returns what is wrong with a count; null when nothing is. */
export function countError(text: string, min: number, max = KEEP_MAX): string | null {
  const value = wholeOf(text);
  return value === null || value < min || value > max ? `A whole number from ${min} to ${max}` : null;
}

export function drillError(text: string): string | null {
  return countError(text, 0, DAYS_MAX);
}

/** Returns the change to ask for; null while something is wrong. */
export function planRequest(draft: PlanDraft): BackupSettingsRequest | null {
  const schedule = scheduleOf(draft);
  const retention = retentionOf(draft);
  const days = wholeOf(draft.drillDays);
  if (schedule === null || retention === null || days === null || drillError(draft.drillDays) !== null) return null;
  return { schedule, retention, drill_days: days };
}

function scheduleOf({ schedule, every, hour }: PlanDraft): BackupSchedule | null {
  if (schedule === "off") return { kind: "off" };
  if (schedule === "daily") {
    const at = wholeOf(hour);
    return at === null || at > 23 ? null : { kind: "daily", hour: at };
  }
  const seconds = readSpan(every);
  return seconds === null || everyError(every) !== null ? null : { kind: "every", seconds };
}

function retentionOf({ keepLast, daily, weekly, monthly }: PlanDraft): BackupRetention | null {
  if (countError(keepLast, 1) !== null || [daily, weekly, monthly].some((text) => countError(text, 0) !== null)) return null;
  return { keep_last: Number(keepLast), daily: Number(daily), weekly: Number(weekly), monthly: Number(monthly) };
}

function wholeOf(text: string): number | null {
  return /^\d{1,9}$/.test(text.trim()) ? Number(text) : null;
}

/** Returns when backups are made, in a few words. */
export function scheduleWords(schedule: BackupSchedule): string {
  switch (schedule.kind) {
    case "off":
      return "not by themselves";
    case "every":
      return `every ${span(schedule.seconds)}`;
    case "daily":
      return `daily after ${String(schedule.hour).padStart(2, "0")}:00 UTC`;
  }
}

/** Returns which backups are kept, in a few words. */
export function retentionWords({ keep_last, daily, weekly, monthly }: BackupRetention): string {
  const parts = [`the last ${keep_last}`, ...(daily ? [`${daily} daily`] : []), ...(weekly ? [`${weekly} weekly`] : []), ...(monthly ? [`${monthly} monthly`] : [])];
  return parts.join(", ");
}
