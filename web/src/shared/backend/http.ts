import type { Problem } from "../../api/types";
import type { Backend, DataOf, Method, PathOf, RequestParts } from "./backend";
import { RequestError } from "./problem";

export interface HttpOptions {
  /** What every change must carry; null while nobody is signed in. */
  csrf(): string | null;
  /** Called when the server no longer knows who we are. */
  signedOut(): void;
  fetch?: typeof fetch;
}

interface LooseParts {
  path?: Record<string, string>;
  query?: Record<string, string | number | boolean | null | undefined>;
  body?: unknown;
  signal?: AbortSignal;
}

/** Returns the address of a path of the document with its parameters filled in. */
export function address(path: string, parts: Pick<LooseParts, "path" | "query">): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(parts.path?.[name] ?? ""));
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parts.query ?? {})) {
    if (value !== undefined && value !== null && value !== "") query.set(name, String(value));
  }
  const text = query.toString();
  return text === "" ? filled : `${filled}?${text}`;
}

/** Makes the request half of the backend. */
export function httpRequests(options: HttpOptions): Backend["request"] {
  const send = options.fetch ?? ((input, init) => fetch(input, init));
  return async function request<M extends Method, P extends PathOf<M>>(
    method: M,
    path: P,
    parts: RequestParts<M, P>,
  ): Promise<DataOf<M, P>> {
    const loose = parts as LooseParts;
    const doing = `${method.toUpperCase()} ${path}`;
    const headers: Record<string, string> = { accept: "application/json" };
    if (loose.body !== undefined) headers["content-type"] = "application/json";
    const csrf = options.csrf();
    if (method !== "get" && csrf !== null) headers["x-groma-csrf"] = csrf;
    let answer: Response;
    try {
      answer = await send(address(path, loose), {
        method: method.toUpperCase(),
        headers,
        credentials: "same-origin",
        cache: "no-store",
        body: loose.body === undefined ? null : JSON.stringify(loose.body),
        signal: loose.signal ?? null,
      });
    } catch (error) {
      if (loose.signal?.aborted) throw error;
      throw new RequestError(null, doing, "The server did not answer: it is stopped, or the connection is lost.");
    }
    if (!answer.ok) {
      const problem = await readProblem(answer);
      if (answer.status === 401) options.signedOut();
      throw new RequestError(problem, doing, problem?.detail ?? `The server answered ${answer.status} without saying why.`);
    }
    if (answer.status === 204) return undefined as DataOf<M, P>;
    const reply = (await answer.json()) as { data: DataOf<M, P> };
    return reply.data;
  };
}

async function readProblem(answer: Response): Promise<Problem | null> {
  try {
    const body = (await answer.json()) as Problem;
    return typeof body.code === "string" ? body : null;
  } catch {
    return null;
  }
}
