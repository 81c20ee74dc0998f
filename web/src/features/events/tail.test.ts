import { expect, test, vi } from "vitest";

import type { EventPage } from "../../api/types";
import type { Backend } from "../../shared/backend/backend";
import type { StreamFilter, StreamHandlers } from "../../shared/stream/types";
import { at, event, port } from "../../shared/testing";
import { summarise } from "./summarise";
import { isTime, ROWS_MAX, Tail, type TailQuery } from "./tail";

function setup(query: Partial<TailQuery>, page: Partial<EventPage> = {}) {
  const opened: StreamFilter[] = [];
  let handlers: StreamHandlers | undefined;
  let position: string | undefined;
  const request = vi.fn<(method: string, path: string, parts: unknown) => Promise<EventPage>>(() =>
    Promise.resolve({ events: [], head: at(9), more: false, gap: false, ...page }),
  );
  const backend = {
    request,
    subscribe: (filter: StreamFilter, given: StreamHandlers) => {
      opened.push(filter);
      handlers = given;
      return { position: () => position, close: () => undefined };
    },
  } as unknown as Backend;
  const tail = new Tail(backend, { types: "", subject: "", from: "", ...query });
  const say = (numbers: number[]): void => {
    position = at(numbers.at(-1) ?? 0);
    handlers?.events(numbers.map((number) => port(number, 80)));
  };
  const keys = (): string[] => tail.get().rows.map((row) => row.key);
  return { tail, opened, request, say, keys };
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

test("begins with the newest page and goes on behind it", async () => {
  const { tail, opened, say, keys } = setup({ types: "groma.network.*,groma.system.*" }, { events: [port(8), port(9)] });
  tail.listen(() => undefined);
  await settled();
  expect(opened).toEqual([{ types: ["groma.network.*", "groma.system.*"], after: at(9) }]);
  say([10]);
  expect(keys()).toEqual([at(8), at(9), at(10)]);
});

test("replays from a position without reading a page", async () => {
  const { tail, opened, request } = setup({ from: "oldest", subject: "scan/x" });
  tail.listen(() => undefined);
  await settled();
  expect(request).not.toHaveBeenCalled();
  expect(opened).toEqual([{ types: [], subject: "scan/x", after: "oldest" }]);
});

test("replays from a time by the first event at or after it", async () => {
  const { tail, opened, request, keys } = setup({ from: "2026-11-21T15:00:00Z" }, { events: [port(4)] });
  tail.listen(() => undefined);
  await settled();
  expect(request.mock.calls[0]?.[2]).toMatchObject({ query: { after: "oldest", since: "2026-11-21T15:00:00.000Z", limit: 1 } });
  expect(keys()).toEqual([at(4)]);
  expect(opened[0]?.after).toBe(at(4));
});

test("paused, it holds its place and goes on from there", async () => {
  const { tail, opened, say } = setup({});
  tail.listen(() => undefined);
  await settled();
  say([10, 11]);
  tail.pause();
  expect(tail.get().paused).toBe(true);
  tail.resume();
  await settled();
  expect(opened.at(-1)?.after).toBe(at(11));
});

test("lets the oldest rows go, and counts them", async () => {
  const { tail, say } = setup({ from: "oldest" });
  tail.listen(() => undefined);
  await settled();
  say(Array.from({ length: ROWS_MAX }, (_, index) => index + 1));
  say([ROWS_MAX + 1, ROWS_MAX + 2]);
  expect(tail.get().rows).toHaveLength(ROWS_MAX);
  expect(tail.get().dropped).toBe(2);
  expect(tail.get().rows[0]?.key).toBe(at(3));
});

test("positions are not times", () => {
  expect([isTime(at(3)), isTime("oldest"), isTime("2026-11-21T15:00:00Z")]).toEqual([false, false, true]);
});

test("control frames say what they mean", () => {
  expect(summarise(event(null, "groma.system.stream_merged", { type: "groma.network.scan_progress", count: 4 }))).toBe(
    "4 older events of groma.network.scan_progress left out, because this page read slowly; the newest follows",
  );
});

test("an event of an unknown type shows its data, cut short", () => {
  const custom = { ...port(1), type: "groma.custom.mine.thing", data: { colour: "blue" } as never };
  expect(summarise(custom)).toBe('{"colour":"blue"}');
  expect(summarise({ ...custom, data: { text: "x".repeat(1000) } as never })).toHaveLength(160);
});
