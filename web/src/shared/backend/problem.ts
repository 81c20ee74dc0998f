import type { ErrorCode, Problem } from "../../api/types";
import { duration } from "../format/time";

/** Why a request was refused, or why no answer came. */
export class RequestError extends Error {
  override readonly name = "RequestError";

  constructor(
    /** Null when no answer of Groma's arrived. */
    readonly problem: Problem | null,
    /** What was being done. */
    readonly doing: string,
    detail: string,
  ) {
    super(detail);
  }

  get code(): ErrorCode | null {
    return this.problem?.code ?? null;
  }

  /** How long the server wants us to wait, in milliseconds, where it said. */
  get retryAfterMs(): number | null {
    const seconds = this.problem?.retry_after_seconds;
    return typeof seconds === "number" ? seconds * 1000 : null;
  }

  /** Whether the same call may succeed later. */
  get retryable(): boolean {
    return this.problem?.retryable ?? true;
  }
}

/** Returns what to say of anything that was thrown. */
export function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Returns what the user can do about an error. */
export function advice(error: unknown): string {
  if (!(error instanceof RequestError)) return "Reload the page. If it happens again, please report it.";
  switch (error.code) {
    case null:
      return "Check that the server runs (`groma doctor`); this page tries again by itself.";
    case "UNAUTHENTICATED":
      return "Sign in again: run `groma open`.";
    case "FORBIDDEN":
      return "Ask for a link or token whose scopes allow it.";
    case "NOT_FOUND":
      return "It may have been deleted. The list shows what there is.";
    case "STORAGE_FAILED":
      return "Free some space or check the disk, then restart Groma; nothing is written until then.";
    default:
      if (!error.retryable) return "Change the request and try again.";
      return error.retryAfterMs === null ? "Try again in a moment." : `Try again in ${duration(error.retryAfterMs)}.`;
  }
}
