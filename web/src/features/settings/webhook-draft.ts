import type { Webhook, WebhookRequest } from "./types";

/** A webhook as its form holds it. */
export interface WebhookDraft {
  url: string;
  description: string;
  /** Type patterns, separated by commas or spaces. */
  types: string;
  subject: string;
  binary: boolean;
  allowPrivate: boolean;
}

export const EMPTY_WEBHOOK: WebhookDraft = { url: "", description: "", types: "", subject: "", binary: false, allowPrivate: false };

/** Returns a webhook as its form would hold it. */
export function draftOf(webhook: Webhook): WebhookDraft {
  return {
    url: webhook.url,
    description: webhook.description ?? "",
    types: webhook.types.join(", "),
    subject: webhook.subject ?? "",
    binary: webhook.format === "binary",
    allowPrivate: webhook.allow_private,
  };
}

/** Returns what to ask for; `oldest` delivers everything there is first. Texts may be empty: a change lifts the filter by it. */
export function updateOf(draft: WebhookDraft): Required<Omit<WebhookRequest, "after">> {
  return {
    url: draft.url.trim(),
    description: draft.description.trim(),
    types: draft.types.split(/[\s,]+/).filter((pattern) => pattern !== ""),
    subject: draft.subject.trim(),
    format: draft.binary ? "binary" : "structured",
    allow_private: draft.allowPrivate,
  };
}

/** Returns the request that makes the webhook. */
export function requestOf(draft: WebhookDraft, fromOldest: boolean): WebhookRequest {
  const { description, subject, ...rest } = updateOf(draft);
  return { ...rest, ...(description ? { description } : {}), ...(subject ? { subject } : {}), ...(fromOldest ? { after: "oldest" } : {}) };
}

/** Returns the command that makes the same webhook. */
export function webhookCommand(draft: WebhookDraft, fromOldest: boolean): string {
  const { url, description, types, subject, allow_private } = updateOf(draft);
  const words = ["groma webhooks create", quote(url || "https://…")];
  if (types.length > 0) words.push(`--types ${quote(types.join(","))}`);
  if (subject) words.push(`--subject ${quote(subject)}`);
  if (description) words.push(`--description ${quote(description)}`);
  if (draft.binary) words.push("--binary");
  if (allow_private) words.push("--allow-private");
  if (fromOldest) words.push("--after oldest");
  return words.join(" ");
}

function quote(text: string): string {
  return /^[\w./:@,%+=…-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
