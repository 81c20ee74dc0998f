import type { BackupTarget } from "../types";

/** The form of where backups go, as it is written. */
export interface TargetDraft {
  kind: BackupTarget["kind"];
  path: string;
  bucket: string;
  prefix: string;
  region: string;
  endpoint: string;
  accessKeyId: string;
  secret: string;
}

const EMPTY: TargetDraft = { kind: "local", path: "", bucket: "", prefix: "", region: "", endpoint: "", accessKeyId: "", secret: "" };

export function targetDraft(target: BackupTarget | null | undefined): TargetDraft {
  if (!target) return EMPTY;
  if (target.kind === "local") return { ...EMPTY, path: target.path };
  return {
    ...EMPTY,
    kind: "s3",
    bucket: target.bucket,
    prefix: target.prefix ?? "",
    region: target.region ?? "",
    endpoint: target.endpoint ?? "",
    accessKeyId: target.access_key_id ?? "",
  };
}

/** Returns what is wrong with a folder; null while nothing is. */
export function pathError(path: string): string | null {
  const text = path.trim();
  return text === "" || text.startsWith("/") || /^[A-Za-z]:[\\/]/.test(text) ? null : "The whole path, from the root on";
}

/** Returns what is wrong with the address of a store; null while nothing is. */
export function endpointError(endpoint: string): string | null {
  const text = endpoint.trim();
  if (text === "") return null;
  const url = URL.parse(text);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) return "An address such as https://s3.example.org";
  if (url.protocol === "http:" && !["localhost", "127.0.0.1", "[::1]"].includes(url.hostname)) return "Plain http is for this machine alone; write https://";
  return null;
}

/** Returns the access key whose secret the server keeps. */
export function keptKey(target: BackupTarget | null | undefined): string | undefined {
  return target?.kind === "s3" ? (target.access_key_id ?? undefined) : undefined;
}

/** Returns whether the secret has to be written: that of `kept`, the key from before, stays with the server. */
export function secretMissing({ kind, accessKeyId, secret }: TargetDraft, kept: string | undefined): boolean {
  const key = accessKeyId.trim();
  return kind === "s3" && key !== "" && secret === "" && key !== kept;
}

/** Returns what to ask for; null while something is missing or wrong. */
export function targetOf(draft: TargetDraft, kept?: string): BackupTarget | null {
  if (draft.kind === "local") return draft.path.trim() === "" || pathError(draft.path) !== null ? null : { kind: "local", path: draft.path.trim() };
  if (draft.bucket.trim() === "" || endpointError(draft.endpoint) !== null) return null;
  if (secretMissing(draft, kept) || (draft.secret !== "" && draft.accessKeyId.trim() === "")) return null;
  const part = (name: string, value: string): Record<string, string> => (value.trim() === "" ? {} : { [name]: value.trim() });
  return {
    kind: "s3",
    bucket: draft.bucket.trim(),
    ...part("prefix", draft.prefix),
    ...part("region", draft.region),
    ...part("endpoint", draft.endpoint),
    ...part("access_key_id", draft.accessKeyId),
    ...(draft.secret === "" ? {} : { secret_access_key: draft.secret }),
  };
}

/** Returns where backups go, in a few words. */
export function targetWords(target: BackupTarget | null | undefined): string {
  if (!target) return "nowhere yet";
  if (target.kind === "local") return target.path;
  return `s3://${[target.bucket, target.prefix].filter(Boolean).join("/")}`;
}
