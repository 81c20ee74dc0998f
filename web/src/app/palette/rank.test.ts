import { describe, expect, test } from "vitest";

import { ranked, SHOWN_MAX, type Offer } from "./rank";

const offer = (group: Offer["group"], title: string, part: Partial<Offer> = {}): Offer => ({ id: `${group} ${title}`, group, title, run: () => undefined, ...part });
const OFFERS = [
  offer("Actions", "Start a scan", { words: "new" }),
  offer("Pages", "Scans"),
  offer("Pages", "Error log"),
  offer("Pages", "New scan"),
  offer("Things", "10.1.0.7", { hint: "db.lab" }),
  offer("Things", "10.1.0.70"),
  offer("Scans", "10.1.0.0/24", { hint: "completed" }),
];
const titles = (text: string): string[] => ranked(OFFERS, text).flatMap(({ offers }) => offers.map(({ title }) => title));

describe("the palette", () => {
  test("offers everything before anything is typed", () => expect(titles(" ")).toEqual(["Scans", "Error log", "New scan", "Start a scan", "10.1.0.7", "10.1.0.70", "10.1.0.0/24"]));
  test("puts what begins with the text first", () => expect(titles("scan")).toEqual(["Scans", "New scan", "Start a scan"]));
  test("an exact name comes before a longer one", () => expect(titles("10.1.0.7")).toEqual(["10.1.0.7", "10.1.0.70"]));
  test("searches hints and other words", () => expect([titles("DB.lab"), titles("new start")]).toEqual([["10.1.0.7"], ["Start a scan"]]));
  test("every word must occur", () => expect(titles("scan nothing")).toEqual([]));
  test("shows no more than can be read", () => {
    const many = Array.from({ length: 100 }, (_, number) => offer("Things", `10.0.0.${number}`));
    expect(ranked(many, "10.")[0]?.offers).toHaveLength(SHOWN_MAX);
  });
});
