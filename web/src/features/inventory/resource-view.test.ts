import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import type { Envelope } from "../../api/types";
import type { Backend } from "../../shared/backend/backend";
import type { StreamHandlers } from "../../shared/stream/types";
import { at, event } from "../../shared/testing";
import { FIRST_PAGE, PAGE, ResourceView } from "./resource-view";

/** A server with things by number, and what it was asked. */
class Server {
  names: string[];
  asked: Record<string, unknown>[] = [];
  position = 10;
  fails = false;
  handlers: StreamHandlers | undefined;
  closed = 0;

  constructor(size: number) {
    this.names = Array.from({ length: size }, (_, number) => `thing ${number}`);
  }

  readonly backend = {
    request: async (_method: string, path: string, { query, signal }: { query: Record<string, unknown>; signal: AbortSignal }) => {
      if (path !== "/v1/resources") throw new Error(`nobody asks ${path}`);
      signal.throwIfAborted();
      this.asked.push(query);
      if (this.fails) throw new Error("the disk is full");
      const from = Number(query["cursor"] ?? 0);
      const to = from + Number(query["limit"]);
      const resources = this.names.slice(from, to).map((name) => ({ id: name, name, kind: "network.host", state: "up", scope: {}, tags: {}, attributes: { large: "x" }, first_seen: "", last_seen: "", last_changed: "" }));
      return { resources, total: this.names.length, ...(to < this.names.length ? { next_cursor: String(to) } : {}), ...(query["facets"] ? { facets: { kind: [], state: [], account: [], region: [], connection: [], subnet: [], tags: {} } } : {}), sequence: at(this.position), as_of: "" };
    },
    subscribe: (_filter: unknown, handlers: StreamHandlers) => {
      this.handlers = handlers;
      return { position: () => undefined, close: () => (this.closed += 1) };
    },
  } as unknown as Backend;

  tell(...events: Envelope[]): void {
    this.handlers?.events(events);
  }
}

const changed = (number: number) => event(number, "groma.network.host_changed", { change: "updated" });
const settle = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

async function open(size: number, search = {}) {
  const server = new Server(size);
  const view = new ResourceView(server.backend, search);
  const close = view.listen(() => undefined);
  await settle();
  return { server, view, close };
}

describe("pages", () => {
  test("the first is small and has the facets; the next come when they are looked at", async () => {
    const { server, view } = await open(5000);
    expect(view.get()).toMatchObject({ total: 5000, rows: { length: FIRST_PAGE } });
    view.want(FIRST_PAGE - 20);
    await settle();
    expect(server.asked.map(({ limit, facets }) => [limit, facets])).toEqual([[FIRST_PAGE, true], [PAGE, undefined]]);
    expect(view.get().rows.map(({ name }) => name)).toEqual(server.names.slice(0, FIRST_PAGE + PAGE));
  });
  test("far below, every page before is read, one after the other", async () => {
    const { server, view } = await open(5000);
    view.want(4999);
    await settle();
    expect(view.get().rows).toHaveLength(5000);
    expect(server.asked).toHaveLength(1 + Math.ceil((5000 - FIRST_PAGE) / PAGE));
  });
  test("rows hold only what the table shows", async () => {
    const { view } = await open(1);
    expect(Object.keys(view.get().rows[0] ?? {})).not.toContain("attributes");
  });
  test("ask in the view's order, with its filter", async () => {
    const { server } = await open(1, { sort: "name", state: "up" });
    expect(server.asked[0]).toMatchObject({ sort: "name", order: "asc", state: "up" });
  });
});

describe("changes", () => {
  test("are read anew in place, as far as the reader looked, and not more often than every two seconds", async () => {
    const { server, view } = await open(3000);
    view.want(1000);
    await settle();
    const before = view.get().rows.length;
    server.names = ["new", ...server.names.slice(0, 2000)];
    server.position = 20;
    for (let number = 11; number < 15; number += 1) server.tell(changed(number));
    server.asked = [];
    await vi.advanceTimersByTimeAsync(1999);
    expect(server.asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(view.get()).toMatchObject({ total: 2001, sequence: at(20) });
    expect(view.get().rows[0]?.name).toBe("new");
    expect(view.get().rows.length).toBeGreaterThan(1000);
    expect(view.get().rows.length).toBeLessThanOrEqual(before);
    expect(server.asked.filter(({ facets }) => facets)).toHaveLength(1);
  });
  test("that the rows hold already ask nothing", async () => {
    const { server } = await open(3);
    server.asked = [];
    server.tell(changed(9));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(server.asked).toEqual([]);
  });
  test("a stream that opened behind the rows reads them anew", async () => {
    const { server } = await open(3);
    server.asked = [];
    server.handlers?.opened?.(at(10));
    await vi.advanceTimersByTimeAsync(5000);
    expect(server.asked).toEqual([]);
    server.handlers?.opened?.(at(11));
    await vi.advanceTimersByTimeAsync(5000);
    expect(server.asked).toHaveLength(1);
  });
  test("the rows stay when reading anew fails, and it is told", async () => {
    const { server, view } = await open(3);
    server.fails = true;
    view.refresh();
    await settle();
    expect(view.get()).toMatchObject({ rows: { length: 3 }, error: new Error("the disk is full") });
    server.fails = false;
    view.refresh();
    await settle();
    expect(view.get().error).toBeUndefined();
  });
});

test("who leaves is told nothing more, and who comes back finds the rows and reads them anew", async () => {
  const { server, view, close } = await open(3);
  server.tell(changed(99));
  close();
  server.asked = [];
  await vi.advanceTimersByTimeAsync(10_000);
  expect([server.asked, server.closed]).toEqual([[], 1]);
  server.names = ["other"];
  view.listen(() => undefined);
  expect(view.get().rows).toHaveLength(3);
  await settle();
  expect(view.get().rows).toHaveLength(1);
});
