import type { BackupJob } from "../types";

const KINDS: Record<string, { doing: string; name: string }> = {
  create: { doing: "A backup is being made", name: "Backup" },
  verify: { doing: "Backups are being verified", name: "Verification" },
  drill: { doing: "A backup is being restored aside to prove that it can be", name: "Restore drill" },
  forget: { doing: "Backups that need not be kept are being removed", name: "Clean-up" },
};

const PHASES: Record<string, string> = {
  begin: "beginning",
  capture: "copying the database as it is at one moment",
  look: "looking up what the store has",
  upload: "sending what the store lacks",
  commit: "making sure that everything is there",
  verify: "looking at every object",
  restore: "writing it aside",
  compare: "comparing what was written",
  delete: "deleting what nothing needs",
};

/** Returns what a job does now. */
export function phaseWords(phase: string): string {
  return PHASES[phase] ?? phase.replaceAll("_", " ");
}

/** Returns what a job does, as a sentence without its end. */
export function doingWords(kind: string): string {
  return KINDS[kind]?.doing ?? `A job is running: ${kind}`;
}

/** Returns the name of a kind of job. */
export function jobName(kind: string): string {
  return KINDS[kind]?.name ?? kind;
}

/** Returns how far a job is, from 0 to 100; null while it is not known how much there is. */
export function jobPercent({ bytes, bytes_total }: Pick<BackupJob, "bytes" | "bytes_total">): number | null {
  if (typeof bytes_total !== "number") return null;
  return bytes_total === 0 ? 100 : Math.min(100, (100 * bytes) / bytes_total);
}

/** Returns the milliseconds that are left at the rate so far; null while they cannot be told. */
export function jobLeftMs({ bytes, bytes_total, bytes_per_second }: BackupJob): number | null {
  if (typeof bytes_total !== "number" || bytes_per_second <= 0) return null;
  return (1000 * Math.max(0, bytes_total - bytes)) / bytes_per_second;
}
