import type { ScanRequest } from "../../api/types";

/** What the form holds: texts as typed. */
export interface Draft {
  targets: string;
  exclude: string;
  ports: string;
  discovery: boolean;
  concurrency: number | undefined;
  timeoutMs: number | undefined;
  retries: number | undefined;
  maxRate: number | undefined;
  allowPublic: boolean;
}

export const EMPTY_DRAFT: Draft = {
  targets: "",
  exclude: "",
  ports: "top100",
  discovery: true,
  concurrency: undefined,
  timeoutMs: undefined,
  retries: undefined,
  maxRate: undefined,
  allowPublic: false,
};

/** Returns what the form asks the server for; fields left empty are left to the server. */
export function requestOf(draft: Draft): ScanRequest {
  const exclude = words(draft.exclude);
  return {
    kind: "network",
    targets: words(draft.targets),
    ...(exclude.length === 0 ? {} : { exclude }),
    ports: draft.ports.replaceAll(/\s+/g, "") || "top100",
    discovery: draft.discovery,
    ...(draft.concurrency === undefined ? {} : { concurrency: draft.concurrency }),
    ...(draft.timeoutMs === undefined ? {} : { timeout_ms: draft.timeoutMs }),
    ...(draft.retries === undefined ? {} : { retries: draft.retries }),
    ...(draft.maxRate === undefined ? {} : { max_rate: draft.maxRate }),
    allow_public: draft.allowPublic,
  };
}

function words(text: string): string[] {
  return text.split(/[\s,;]+/).filter((word) => word !== "");
}
