import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import type { Envelope, StreamMessage, StreamRequest } from "../../api/types";
import { at, event, port } from "../testing";
import { StreamClient, type SocketLike } from "./client";
import type { HistoryReader } from "./poll";

class FakeSocket implements SocketLike {
  onopen: SocketLike["onopen"] = null;
  onmessage: SocketLike["onmessage"] = null;
  onclose: SocketLike["onclose"] = null;
  readonly sent: StreamRequest[] = [];

  send(text: string): void {
    this.sent.push(JSON.parse(text) as StreamRequest);
  }
  close(): void {
    this.onclose?.({} as CloseEvent);
  }
  accept(): void {
    this.onopen?.({} as Event);
  }
  say(message: StreamMessage): void {
    this.onmessage?.({ data: JSON.stringify(message) } as MessageEvent);
  }
  events(events: Envelope[], id = "s1"): void {
    this.say({ type: "events", id, events });
  }
}

function setup(history: HistoryReader = () => Promise.reject(new Error("no server")), pollMs?: () => number) {
  const sockets: FakeSocket[] = [];
  const states: string[] = [];
  const client = new StreamClient({
    open: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    history,
    onState: (state) => states.push(state),
    schedule: (run) => queueMicrotask(run),
    random: () => 1,
    ...(pollMs === undefined ? {} : { pollMs }),
  });
  const seen: (string | undefined)[] = [];
  const gap = vi.fn<() => void>();
  const subscribe = (after?: string) =>
    client.subscribe({ types: ["groma.network.*"], ...(after === undefined ? {} : { after }) }, {
      events: (batch) => seen.push(...batch.map((one) => one.sequence ?? one.type)),
      gap,
    });
  return { client, sockets, states, seen, gap, subscribe };
}

const flushed = (): Promise<void> => vi.advanceTimersByTimeAsync(0).then(() => undefined);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("one socket, many subscriptions", () => {
  test("all subscriptions share it, and end alone", () => {
    const { client, sockets, subscribe } = setup();
    const first = subscribe();
    client.subscribe({ subject: "scan/x" }, { events: () => undefined });
    sockets[0]?.accept();
    expect(sockets).toHaveLength(1);
    expect(sockets[0]?.sent).toEqual([
      { type: "subscribe", id: "s1", types: ["groma.network.*"] },
      { type: "subscribe", id: "s2", types: [], subject: "scan/x" },
    ]);
    first.close();
    expect(sockets[0]?.sent.at(-1)).toEqual({ type: "unsubscribe", id: "s1" });
  });

  test("what was seen before is dropped, in a message and over messages", async () => {
    const { sockets, subscribe, seen } = setup();
    subscribe();
    sockets[0]?.accept();
    sockets[0]?.say({ type: "subscribed", id: "s1", sequence: at(5) });
    sockets[0]?.events([port(5), port(6), port(7)]);
    sockets[0]?.events([port(6), port(7), port(8)]);
    await flushed();
    expect(seen).toEqual([at(6), at(7), at(8)]);
  });
});

describe("a lost connection", () => {
  test("resumes each subscription behind its last event, without loss or doubles", async () => {
    const { sockets, states, subscribe, seen } = setup();
    const subscription = subscribe();
    sockets[0]?.accept();
    sockets[0]?.say({ type: "subscribed", id: "s1", sequence: at(0) });
    sockets[0]?.events([port(1), port(2)]);
    await flushed();
    expect(subscription.position()).toBe(at(2));
    sockets[0]?.close();
    expect(states.at(-1)).toBe("lost");
    await vi.advanceTimersByTimeAsync(500);
    sockets[1]?.accept();
    expect(sockets[1]?.sent[0]).toEqual({ type: "subscribe", id: "s1", types: ["groma.network.*"], after: at(2) });
    sockets[1]?.events([port(2), port(3)]);
    await flushed();
    expect(seen).toEqual([at(1), at(2), at(3)]);
    expect(states).toEqual(["connecting", "live", "lost", "live"]);
  });

  test("one that never delivered begins where it was asked to", async () => {
    const { sockets, subscribe } = setup();
    subscribe("oldest");
    sockets[0]?.accept();
    sockets[0]?.close();
    await vi.advanceTimersByTimeAsync(500);
    sockets[1]?.accept();
    expect(sockets[1]?.sent[0]).toMatchObject({ after: "oldest" });
  });

  test("waits longer from attempt to attempt", async () => {
    const { sockets, subscribe } = setup();
    subscribe();
    sockets[0]?.close();
    await vi.advanceTimersByTimeAsync(500);
    expect(sockets).toHaveLength(2);
    sockets[1]?.close();
    await vi.advanceTimersByTimeAsync(999);
    expect(sockets).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(sockets).toHaveLength(3);
  });
});

describe("a gap", () => {
  test("is shown in its place, told once, and the stream goes on behind it", async () => {
    const { sockets, subscribe, seen, gap } = setup();
    subscribe();
    sockets[0]?.accept();
    sockets[0]?.say({ type: "subscribed", id: "s1", sequence: at(50) });
    const lost = event(null, "groma.system.stream_gap", { from: at(50), to: at(3), reason: "history_reset", snapshotUrl: "/v1/summary" });
    sockets[0]?.events([lost, port(4)]);
    await flushed();
    expect(seen).toEqual(["groma.system.stream_gap", at(4)]);
    expect(gap).toHaveBeenCalledTimes(1);
  });
});

describe("acknowledgements", () => {
  test("go out a second after events", async () => {
    const { sockets, subscribe } = setup();
    subscribe();
    sockets[0]?.accept();
    sockets[0]?.events([port(1), port(2)]);
    await flushed();
    expect(sockets[0]?.sent).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1000);
    expect(sockets[0]?.sent[1]).toEqual({ type: "ack", id: "s1", sequence: at(2) });
    await vi.advanceTimersByTimeAsync(5000);
    expect(sockets[0]?.sent).toHaveLength(2);
  });

  test("go out at once behind a thousand", async () => {
    const { sockets, subscribe } = setup();
    subscribe();
    sockets[0]?.accept();
    sockets[0]?.events(Array.from({ length: 1000 }, (_, index) => port(index + 1, 80)));
    await flushed();
    expect(sockets[0]?.sent[1]).toEqual({ type: "ack", id: "s1", sequence: at(1000) });
  });
});

describe("when no stream opens", () => {
  test("a gap in the answers is shown in its place, and told once", async () => {
    const history = vi.fn<HistoryReader>();
    history.mockResolvedValueOnce({ events: [port(40)], head: at(40), more: false, gap: true });
    history.mockResolvedValue({ events: [], head: at(40), more: false, gap: false });
    const { sockets, subscribe, seen, gap } = setup(history);
    subscribe(at(3));
    sockets[0]?.close();
    await vi.advanceTimersByTimeAsync(500);
    sockets[1]?.close();
    await vi.advanceTimersByTimeAsync(1000);
    sockets[2]?.close();
    await vi.advanceTimersByTimeAsync(6000);
    expect(seen).toEqual(["groma.system.stream_gap", at(40)]);
    expect(gap).toHaveBeenCalledTimes(1);
    expect(history.mock.calls.at(-1)?.[0].after).toBe(at(40));
  });

  test("asks as often as was chosen, and goes on asking after failures", async () => {
    const history = vi.fn<HistoryReader>(() => Promise.reject(new Error("no server")));
    let pollMs = 5000;
    const { sockets, states, subscribe } = setup(history, () => pollMs);
    subscribe("oldest");
    sockets[0]?.close();
    await vi.advanceTimersByTimeAsync(500);
    sockets[1]?.close();
    await vi.advanceTimersByTimeAsync(1000);
    sockets[2]?.close();
    await vi.advanceTimersByTimeAsync(4999);
    expect(history).toHaveBeenCalledTimes(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(history).toHaveBeenCalledTimes(1);
    expect(states.at(-1)).toBe("lost");
    history.mockResolvedValue({ events: [], head: at(7), more: false, gap: false });
    pollMs = 1000;
    await vi.advanceTimersByTimeAsync(5000);
    expect(states.at(-1)).toBe("polling");
    await vi.advanceTimersByTimeAsync(3000);
    expect(history).toHaveBeenCalledTimes(5);
  });

  test("the journal is asked every two seconds, and no more once a stream opens", async () => {
    const history = vi.fn<HistoryReader>();
    history.mockResolvedValueOnce({ events: [], head: at(7), more: false, gap: false });
    history.mockResolvedValue({ events: [port(8)], head: at(8), more: false, gap: false });
    const { sockets, states, subscribe, seen } = setup(history);
    subscribe();
    sockets[0]?.close();
    await vi.advanceTimersByTimeAsync(500);
    sockets[1]?.close();
    await vi.advanceTimersByTimeAsync(1000);
    sockets[2]?.close();
    await vi.advanceTimersByTimeAsync(4000);
    expect(history.mock.calls.map(([query]) => query)).toEqual([
      { types: "groma.network.*", limit: 1 },
      { types: "groma.network.*", after: at(7), limit: 1000 },
    ]);
    expect(seen).toEqual([at(8)]);
    expect(states.at(-1)).toBe("polling");
    sockets.at(-1)?.accept();
    expect(sockets.at(-1)?.sent[0]).toMatchObject({ after: at(8) });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(history).toHaveBeenCalledTimes(2);
    expect(states.at(-1)).toBe("live");
  });
});

test("nothing is asked or opened while paused", async () => {
  const { client, sockets, states, subscribe } = setup();
  subscribe();
  sockets[0]?.accept();
  client.pause(true);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(sockets).toHaveLength(1);
  client.pause(false);
  expect(sockets).toHaveLength(2);
  expect(states).toEqual(["connecting", "live", "idle", "connecting"]);
});

test("a stream refused for good is told; one that may come back is asked for again", async () => {
  const { client, sockets } = setup();
  const refused = vi.fn<() => void>();
  client.subscribe({ subject: "nonsense" }, { events: () => undefined, refused });
  sockets[0]?.accept();
  const problem = { type: "/problems/x", title: "", status: 400, detail: "", message: "", code: "INVALID_REQUEST" as const, retryable: false };
  sockets[0]?.say({ type: "error", id: "s1", problem });
  expect(refused).toHaveBeenCalledTimes(1);
  sockets[0]?.say({ type: "error", id: "s1", problem: { ...problem, code: "UNAVAILABLE", retryable: true } });
  await vi.advanceTimersByTimeAsync(2000);
  expect(sockets[0]?.sent).toHaveLength(2);
});
