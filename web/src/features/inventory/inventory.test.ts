import { beforeEach, describe, expect, test } from "vitest";

import { event } from "../../shared/testing";
import { exportHref } from "./export-dialog";
import { chipsOf } from "./chips";
import { exportCommand, viewCommand } from "./command";
import { pointerText, valueText } from "./pointer";
import { relationGroups } from "./relation-groups";
import { rowKey } from "./row-keys";
import { filterOf, isNarrowed, orderOf, sortedBy, tagText, toggled, validateInventorySearch, valuesOf, widened } from "./search";
import { toldByMode } from "./search-note";
import { concerns } from "./thing-live";
import { titleOf } from "./title";
import { toldReasons } from "./why";
import { readViews, useSavedViews } from "./views";

const NOW = Date.parse("2026-11-21T15:00:00.000Z");

describe("an address", () => {
  test("is read with sense, and nonsense is left out", () => {
    expect(validateInventorySearch({ q: " db ", account: 111122223333, type: "aws.*", changed: "soon", unseen: "7d", deleted: "yes", sort: "size", order: "asc", explain: "1", other: 1 })).toEqual({ q: "db", account: "111122223333", type: "aws.*", unseen: "7d", order: "asc" });
  });
  test("chooses values and lets them go", () => {
    const one = toggled({}, "state", "running");
    const two = toggled(one, "state", "stopped");
    expect([valuesOf(two, "state"), toggled(toggled(two, "state", "running"), "state", "stopped")]).toEqual([["running", "stopped"], { state: undefined }]);
  });
  test("a comma in a tag stands for anything, for it would end the value", () => expect(tagText("owner", "a,b")).toBe("owner=a*b"));
  test("tells the server times, not spans", () => {
    expect(filterOf({ type: "network.host", changed: "24h", unseen: "7d", deleted: "only", q: "left out" }, NOW)).toEqual({
      type: "network.host",
      deleted: "only",
      changed_since: "2026-11-20T15:00:00.000Z",
      seen_before: "2026-11-14T15:00:00.000Z",
    });
  });
  test("knows what narrows it", () => {
    const search = { q: "db", sort: "name", state: "up", tag: "a=b" } as const;
    expect([isNarrowed(search), isNarrowed({ q: "db", sort: "name" }), widened(search)]).toEqual([true, false, { q: "db", sort: "name" }]);
  });
});

describe("the order", () => {
  test("is the last changed first, texts A first", () => expect([orderOf({}), orderOf({ sort: "name" }), orderOf({ sort: "last_seen", order: "asc" })]).toEqual([{ sort: "last_changed", order: "desc" }, { sort: "name", order: "asc" }, { sort: "last_seen", order: "asc" }]));
  test("turns around by the same column, and back", () => {
    const byName = sortedBy({ state: "up" }, "name");
    const turned = sortedBy(byName, "name");
    expect([orderOf(byName), orderOf(turned), orderOf(sortedBy(turned, "name")), turned.state]).toEqual([{ sort: "name", order: "asc" }, { sort: "name", order: "desc" }, { sort: "name", order: "asc" }, "up"]);
  });
});

test("chips tell what narrows, and each goes by itself", () => {
  const chips = chipsOf({ type: "network.host,aws.*", state: "open_filtered", tag: "env=prod", changed: "24h", deleted: "only" });
  expect(chips.map(({ name, value }) => `${name}: ${value}`)).toEqual(["Kind: Host", "Kind: aws.*", "State: open or filtered", "Tag: env=prod", "Changed: in the last 1 d", "Deleted: only"]);
  expect(chips[0]?.without.type).toBe("aws.*");
  expect(chips[4]?.without.changed).toBeUndefined();
});

describe("the same on the command line", () => {
  test.each([
    [{}, "groma resources list"],
    [{ type: "aws.ec2.*", tag: "env=prod,team=a b", sort: "name" }, "groma resources list --type 'aws.ec2.*' --tag env=prod --tag 'team=a b' --sort name --order asc"],
    [{ q: "prod db", unseen: "7d", deleted: "include" }, "groma search 'prod db' --stale 7d --deleted include"],
  ] as const)("%o is %s", (search, command) => expect(viewCommand(search)).toBe(command));
  test("writes a file", () => expect(exportCommand({ state: "up" }, "csv")).toBe("groma resources export --state up --format csv --to inventory.csv"));
  test("and the browser's", () => expect(exportHref({ q: "db", state: "up,open" }, "ndjson", NOW)).toBe("/v1/resources/export?state=up%2Copen&q=db&format=ndjson"));
});

describe("keys in the rows", () => {
  test.each([
    ["ArrowDown", -1, { move: 0 }],
    ["ArrowDown", 9, { move: 9 }],
    ["ArrowUp", -1, { move: 0 }],
    ["ArrowUp", 3, { move: 2 }],
    ["PageDown", 3, { move: 8 }],
    ["PageUp", 3, { move: 0 }],
    ["Home", 5, { move: 0 }],
    ["End", 0, { move: 9 }],
    ["Enter", 4, "open"],
    ["Enter", -1, null],
    ["a", 4, null],
  ] as const)("%s at %i", (key, at, does) => expect(rowKey(key, at, 10, 5)).toEqual(does));
  test("do nothing where there are none", () => expect(rowKey("ArrowDown", -1, 0, 5)).toBeNull());
});

describe("saved views", () => {
  beforeEach(() => useSavedViews.setState({ views: [] }));
  test("one of the same name is replaced, and all stand by name", () => {
    const { save } = useSavedViews.getState();
    save({ name: "prod", query: "?tag=env%3Dprod" });
    save({ name: "idle", query: "?state=stopped" });
    save({ name: "prod", query: "?tag=env%3Dproduction" });
    expect(useSavedViews.getState().views).toEqual([
      { name: "idle", query: "?state=stopped" },
      { name: "prod", query: "?tag=env%3Dproduction" },
    ]);
    useSavedViews.getState().remove("idle");
    expect(useSavedViews.getState().views.map(({ name }) => name)).toEqual(["prod"]);
  });
  test("stored nonsense is left out", () => {
    expect([readViews("{"), readViews("{}"), readViews('[null,1,{"name":"a"},{"name":"b","query":"javascript:"},{"name":"c","query":"?q=1"}]')]).toEqual([[], [], [{ name: "c", query: "?q=1" }]]);
  });
});

test.each([
  ["/services/tcp/22", "services › tcp › 22"],
  ["/tags/a~1b~0c", "tags › a/b~c"],
  ["", "all of it"],
])("the pointer %j reads %s", (pointer, text) => expect(pointerText(pointer)).toBe(text));

test.each([
  [null, "–"],
  ["", "(empty)"],
  ["open", "open"],
  [false, "false"],
  [{ a: [1] }, '{"a":[1]}'],
])("the value %j reads %s", (value, text) => expect(valueText(value)).toBe(text));

test("relations are grouped by kind and direction, what the thing belongs to first", () => {
  const relations = [
    { kind: "part_of", direction: "in", id: "a" },
    { kind: "attached_to", direction: "out", id: "b" },
    { kind: "part_of", direction: "in", id: "c" },
  ] as const;
  expect(relationGroups(relations).map(({ title, relations }) => [title, relations.length])).toEqual([
    ["Attached to", 1],
    ["Part of this", 2],
  ]);
});

test("who is named whole is not told to contain parts of it as well", () => {
  const reasons = [{ by: "exact", field: "name", value: "a" }, { by: "fragment", field: "name", value: "a" }, { by: "fragment", field: "identifier", value: "ab" }, { by: "meaning" }] as const;
  expect(toldReasons(reasons).map((reason) => ("field" in reason ? `${reason.by} ${reason.field}` : reason.by))).toEqual(["exact name"]);
  expect(toldReasons(reasons.slice(1))).toHaveLength(3);
});

test("a note that says what the mode says is not said twice", () => {
  expect([
    toldByMode({ meaning: "lexical", note: "the model is not installed: `groma model install`" }),
    toldByMode({ meaning: "warming", note: "names only, warming" }),
    toldByMode({ meaning: "model" }),
    toldByMode({ meaning: "model", note: "12 things could not be read" }),
  ]).toEqual([true, true, true, false]);
});

test.each([
  [{ id: "h", name: "10.1.0.7" }, "h", true],
  [{ id: "x", name: "10.1.0.7:22/tcp" }, "h", true],
  [{ id: "x", name: "10.1.0.70:22/tcp" }, "h", false],
  [{ id: "x", name: "orders-db" }, "h", false],
])("a change of host 10.1.0.7 concerns %o: %s", (thing, thingId, does) => {
  expect(concerns(event(1, "groma.network.host_changed", { thingId, host: "10.1.0.7" }), thing)).toBe(does);
  expect(concerns(event(1, "groma.network.host_changed", { thingId: "other", host: "fd00::1" }), { id: "x", name: "[fd00::1]:22/tcp" })).toBe(true);
  expect(concerns(event(1, "groma.network.scan_completed", {}), thing)).toBe(true);
});

test("the title counts what there is, or what was found", () => {
  const answer = (hits: number) => ({ hits: Array.from({ length: hits }) }) as never;
  expect([
    titleOf({ total: undefined }, { answer: undefined, pending: false }, ""),
    titleOf({ total: 1200 }, { answer: undefined, pending: false }, ""),
    titleOf({ total: 1200 }, { answer: answer(1), pending: false }, "db"),
    titleOf({ total: 1200 }, { answer: answer(50), pending: false }, "db"),
    titleOf({ total: 1200 }, { answer: answer(1), pending: true }, "dbs"),
  ]).toEqual(["Things", "1,200 things", "1 thing found", "The best 50", "Searching…"]);
});
