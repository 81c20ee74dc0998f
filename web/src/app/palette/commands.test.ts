import { expect, test, vi } from "vitest";

import { scan } from "../../shared/testing";
import { commands, scanOffers, searchOffers, textOffers, thingOffers, type Doing } from "./commands";
import { ranked } from "./rank";

function setup() {
  const doing = { open: vi.fn<Doing["open"]>(), theme: vi.fn<Doing["theme"]>(), signOut: vi.fn<() => void>(), reconnect: vi.fn<() => void>(), showKeys: vi.fn<() => void>(), copyLink: vi.fn<() => void>() };
  const first = (text: string): string | undefined => {
    const offers = [...textOffers(text, doing), ...commands(doing)];
    const found = ranked(offers, text).flatMap((group) => group.offers)[0];
    found?.run();
    return found?.title;
  };
  return { doing, first };
}

test.each([
  ["sign", "Sign out"],
  ["dark", "Theme: dark"],
  ["new web", "New webhook"],
  ["polling", "This browser"],
  ["10.1.0.0/24", "Scan 10.1.0.0/24"],
  ["fd00::1", "Scan fd00::1"],
])("%s finds `%s`", (text, title) => expect(setup().first(text)).toBe(title));

test("an address to scan is filled in", () => {
  const { doing, first } = setup();
  first("10.1.0.7");
  expect(doing.open).toHaveBeenCalledWith("/scans/new?targets=%2210.1.0.7%22");
});

test("ids are all different, so that each offer is one option", () => {
  const ids = commands(setup().doing).map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test("what the server found opens on its page, in the server's order whatever the text", () => {
  const { doing } = setup();
  const at = "2026-11-21T15:04:00Z";
  const resource = { id: "t1", name: "orders-db", kind: "aws.rds.db_instance", state: "available", scope: { account: "1111", region: "eu-west-1" }, tags: {}, attributes: {}, first_seen: at, last_seen: at, last_changed: at };
  const offers = thingOffers([{ resource, why: [{ by: "words", terms: ["database"] }] }, { resource: { ...resource, id: "t2", name: "", deleted_at: at }, why: [{ by: "fragment", field: "id", value: "t2" }] }, { resource: { ...resource, id: "t3" }, why: [{ by: "meaning" }] }], doing);
  const found = ranked(offers, "databse")[0]?.offers ?? [];
  expect(found.map(({ title, hint }) => [title, hint])).toEqual([
    ["orders-db", "RDS DB instance, available, 1111 / eu-west-1"],
    ["t2", "RDS DB instance, deleted, 1111 / eu-west-1"],
  ]);
  found[0]?.run();
  expect(doing.open).toHaveBeenCalledWith("/inventory/t1");
});

test("everything near a text is searched for on the inventory's page", () => {
  const { doing } = setup();
  searchOffers(" 22 ", doing)[0]?.run();
  expect(doing.open).toHaveBeenCalledWith("/inventory?q=%2222%22");
  expect(searchOffers(" ", doing)).toEqual([]);
});

test("a scan is found by any of its targets", () => {
  const { doing } = setup();
  const one = scan({ request: { ...scan().request, targets: ["10.1.0.1", "10.1.0.2", "db.lab"] } });
  expect(ranked(scanOffers([one], doing), "db.lab")[0]?.offers[0]?.title).toBe("10.1.0.1, 10.1.0.2 and 1 more");
});
