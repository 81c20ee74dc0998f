import type { ScanRequest } from "../../api/types";
import { quoted } from "../format/shell";

/** Returns the command that starts the same scan. */
export function scanCommand(request: ScanRequest): string {
  const words = ["groma", "scan", "network", ...request.targets.map(quoted)];
  for (const target of request.exclude ?? []) words.push("--exclude", quoted(target));
  if (request.ports !== undefined) words.push("--ports", quoted(request.ports));
  if (request.discovery === false) words.push("--no-ping");
  if (request.concurrency) words.push("--concurrency", String(request.concurrency));
  if (request.timeout_ms) words.push("--timeout", `${request.timeout_ms}ms`);
  if (request.retries !== null && request.retries !== undefined) words.push("--retries", String(request.retries));
  if (request.max_rate) words.push("--max-rate", String(request.max_rate));
  if (request.allow_public) words.push("--allow-public");
  return words.join(" ");
}
