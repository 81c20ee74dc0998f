// What document 000 promises to listeners, given from what the generated types say. Nothing here runs: if an event
// changes so that a listener written against the document would break, this does not compile.
import type { EventData } from "../api/types";

interface ScanStartedPayload {
  scanId: string;
  scanType: "full" | "incremental" | "quick";
  accounts: string[];
  regions: string[];
  services: string[];
  startedAt: string;
}

interface ScanProgress {
  totalServices: number;
  completedServices: number;
  currentService?: string;
  currentRegion?: string;
  resourcesFound: number;
  percentComplete: number;
}

interface ScanProgressPayload {
  scanId: string;
  status: string;
  progress: ScanProgress;
  currentTask?: string;
  elapsedSeconds: number;
}

interface ScanServiceCompletePayload {
  scanId: string;
  service: string;
  region: string;
  accountId: string;
  resourcesFound: number;
  durationMs: number;
  success: boolean;
  error?: string;
}

interface ScanSummary {
  totalResourcesFound: number;
  resourcesUpdated: number;
  resourcesDeleted: number;
  servicesScanned: number;
  servicesFailed: number;
}

interface ScanError {
  service: string;
  region: string;
  accountId: string;
  error: string;
  timestamp: string;
}

interface ScanCompletePayload {
  scanId: string;
  status: "completed" | "failed" | "cancelled";
  startedAt: string;
  completedAt: string;
  durationSeconds: number;
  summary: ScanSummary;
  errors: ScanError[];
}

interface ScanCancelledPayload {
  scanId: string;
  cancelledAt: string;
  reason: string;
  partialResults: ScanSummary;
}

interface ScanErrorPayload {
  scanId: string;
  error: ScanError;
  continueScanning: boolean;
}

/** By desktop name, as listeners ask for them. */
interface Payloads {
  scan_started: ScanStartedPayload;
  scan_progress: ScanProgressPayload;
  scan_service_complete: ScanServiceCompletePayload;
  scan_complete: ScanCompletePayload;
  scan_cancelled: ScanCancelledPayload;
  scan_error: ScanErrorPayload;
}

export const given: { [N in keyof Payloads]: (data: EventData[`groma.estate.${N}`]) => Payloads[N] } = {
  scan_started: (data) => data,
  scan_progress: (data) => data,
  scan_service_complete: (data) => data,
  scan_complete: (data) => data,
  scan_cancelled: (data) => data,
  scan_error: (data) => data,
};

// The check itself is checked: these are not what the document says, and must not compile.
export const refused = (data: EventData["groma.estate.scan_started"]): Omit<ScanStartedPayload, "scanType"> & {
  scanType: "full" | "quick";
} =>
  // @ts-expect-error a scan may be incremental
  data;

export const refusedCount = (data: EventData["groma.estate.scan_progress"]): { progress: { currentService: string } } =>
  // @ts-expect-error which service is being read may be left out
  data;
