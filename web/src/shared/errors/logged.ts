import { known, type Envelope } from "../../api/types";

export type Severity = "info" | "warning" | "error" | "critical";

/** Something that went wrong, as the error log shows it. */
export interface LoggedError {
  /** Its position in the journal; errors of a journal that cannot be written have none. */
  key: string;
  severity: Severity;
  message: string;
  /** Where, and with what: names and values. */
  context: readonly (readonly [string, string])[];
  /** RFC 3339. */
  time: string;
  /** The scan it happened in. */
  scanId?: string | undefined;
}

/** The types of events that tell of errors. */
export const ERROR_TYPES = ["groma.system.error", "groma.network.error", "groma.estate.scan_error"] as const;

/** Returns what an event says went wrong; null for all others. */
export function logged(envelope: Envelope): LoggedError | null {
  const key = envelope.sequence ?? envelope.id;
  const { time } = envelope;
  if (envelope.type === "groma.estate.scan_error") return estateError(envelope, key);
  const event = known(envelope);
  switch (event.type) {
    case "groma.system.error":
      return { key, time, severity: event.data.severity, message: event.data.message, context: event.data.context ? [["where", event.data.context]] : [] };
    case "groma.network.error": {
      const { errorType, message, context, scanId } = event.data;
      // One address out of reach says nothing of the scan; the rest may end it.
      const severity = errorType === "unreachable" || errorType === "resolution" ? "warning" : "error";
      return { key, time, severity, message, context: [["kind", errorType], ...Object.entries(context)], scanId: scanId ?? undefined };
    }
    default:
      return null;
  }
}

interface EstateError {
  scanId?: string;
  continueScanning?: boolean;
  error?: { service?: string; region?: string; accountId?: string; error?: string };
}

function estateError(envelope: Envelope, key: string): LoggedError {
  const { scanId, continueScanning, error } = envelope.data as EstateError;
  const context = ([["service", error?.service], ["region", error?.region], ["account", error?.accountId]] as const).flatMap(([name, value]) => (value ? [[name, value] as const] : []));
  return { key, time: envelope.time, severity: continueScanning === false ? "error" : "warning", message: error?.error ?? "A scan met an error.", context, scanId };
}
