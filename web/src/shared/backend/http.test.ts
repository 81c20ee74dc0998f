import { describe, expect, test, vi } from "vitest";

import { httpRequests } from "./http";
import { advice, RequestError } from "./problem";

function setup(answer: () => Response, csrf: string | null = "token") {
  const send = vi.fn<typeof fetch>(() => Promise.resolve(answer()));
  const signedOut = vi.fn<() => void>();
  return { request: httpRequests({ csrf: () => csrf, signedOut, fetch: send }), send, signedOut };
}

const json = (body: unknown, status = 200): Response => new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
const problem = (status: number, code: string, detail: string): Response => json({ type: "", title: "", status, detail, message: detail, code, retryable: false }, status);

describe("a request", () => {
  test("fills in the path, leaves empty parameters out and returns the data", async () => {
    const { request, send } = setup(() => json({ message: "ok", data: { events: [] } }));
    const data = await request("get", "/v1/events/history", { query: { types: "groma.*", subject: "", limit: 5 } });
    expect(data).toEqual({ events: [] });
    expect(send.mock.calls[0]?.[0]).toBe("/v1/events/history?types=groma.*&limit=5");
    await request("get", "/v1/scans/{id}", { path: { id: "a/b" } });
    expect(send.mock.calls[1]?.[0]).toBe("/v1/scans/a%2Fb");
  });

  test("carries the token with every change, and with nothing else", async () => {
    const { request, send } = setup(() => json({ message: "", data: {} }));
    await request("get", "/v1/summary", {});
    await request("post", "/v1/scan/task/{task_id}/resume", { path: { task_id: "x" } });
    const headers = send.mock.calls.map(([, init]) => new Headers(init?.headers).get("x-groma-csrf"));
    expect(headers).toEqual([null, "token"]);
  });

  test("rejects with the server's own words", async () => {
    const { request, signedOut } = setup(() => problem(409, "CONFLICT", "the scan has ended already"));
    const error = await request("get", "/v1/summary", {}).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(RequestError);
    expect(error).toMatchObject({ message: "the scan has ended already", code: "CONFLICT", retryable: false });
    expect(signedOut).not.toHaveBeenCalled();
  });

  test("says when nobody is signed in any more", async () => {
    const { request, signedOut } = setup(() => problem(401, "UNAUTHENTICATED", "sign in first"));
    const error = await request("get", "/v1/summary", {}).catch((caught: unknown) => caught);
    expect(signedOut).toHaveBeenCalledTimes(1);
    expect(advice(error)).toContain("groma open");
  });

  test("says how long to wait when the server does", async () => {
    const body = { type: "", title: "", status: 429, detail: "too many requests", message: "", code: "TOO_MANY_REQUESTS", retryable: true, retry_after_seconds: 12 };
    const { request } = setup(() => json(body, 429));
    const error = await request("get", "/v1/summary", {}).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ retryAfterMs: 12_000 });
    expect(advice(error)).toBe("Try again in 12 s.");
  });

  test("survives answers that are not Groma's", async () => {
    const { request } = setup(() => new Response("<html>", { status: 502 }));
    const error = await request("get", "/v1/summary", {}).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: null, retryable: true, message: "The server answered 502 without saying why." });
  });
});
