import { useConnection } from "../live/connection";
import { usePreferences } from "../preferences/store";
import { useSession } from "../session/store";
import { StreamClient } from "../stream/client";
import type { Backend } from "./backend";
import { httpRequests } from "./http";

const request = httpRequests({
  csrf: () => useSession.getState().session?.csrf ?? null,
  signedOut: () => useSession.getState().signedOut(),
});

const HISTORY_MS = 20_000;

const streams = new StreamClient({
  open: () => new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/v1/events/ws`),
  // An answer that never comes must not end the asking.
  history: (query) => request("get", "/v1/events/history", { query, signal: AbortSignal.timeout(HISTORY_MS) }),
  pollMs: () => usePreferences.getState().pollMs,
  onState: (state) => useConnection.getState().set(state),
});

/** The one backend of this tab. */
export const backend: Backend = { request, subscribe: (filter, handlers) => streams.subscribe(filter, handlers) };

/** Ends the stream while nobody is signed in, and begins again after. */
export function pauseStreams(paused: boolean): void {
  streams.pause(paused);
}

/** Tries to connect at once instead of waiting for the next attempt. */
export function reconnectNow(): void {
  streams.reconnectNow();
}
