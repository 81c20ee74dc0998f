import { expect, test, vi } from "vitest";

import { scan } from "../../shared/testing";
import { commands, hostOffers, scanOffers, textOffers, type Doing } from "./commands";
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

test("a host opens in the scan that saw it, and one without a scan is left out", () => {
  const { doing } = setup();
  const at = "2026-11-21T15:04:00Z";
  const host = { id: "h1", address: "10.1.0.7", hostname: "db.lab", state: "up", first_seen: at, last_seen: at, last_changed: at, services: [], scan: "s1" };
  const offers = hostOffers([host, { ...host, id: "h2", scan: null }], doing);
  expect(offers).toHaveLength(1);
  offers[0]?.run();
  expect(doing.open).toHaveBeenCalledWith("/scans/s1?host=10.1.0.7");
});

test("a scan is found by any of its targets", () => {
  const { doing } = setup();
  const one = scan({ request: { ...scan().request, targets: ["10.1.0.1", "10.1.0.2", "db.lab"] } });
  expect(ranked(scanOffers([one], doing), "db.lab")[0]?.offers[0]?.title).toBe("10.1.0.1, 10.1.0.2 and 1 more");
});
