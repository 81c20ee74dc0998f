import { readFileSync } from "node:fs";
import { Parser } from "@asyncapi/parser";
import { expect, test } from "vitest";

/** Severities of the parser: 0 error, 1 warning; below are hints, such as that there is a later version. */
const WARNING = 1;

test("the AsyncAPI document is what AsyncAPI's own parser takes for one", { timeout: 60_000 }, async () => {
  const text = readFileSync(new URL("../../asyncapi.json", import.meta.url), "utf8");
  const { document, diagnostics } = await new Parser().parse(text);
  const faults = diagnostics.filter((found) => found.severity <= WARNING);
  expect(faults.map((found) => `${found.path.join(".")}: ${found.message}`)).toEqual([]);
  expect(document?.version()).toBe("3.0.0");
  const ways = document?.channels().all().map((channel) => channel.id());
  expect(ways).toEqual(["events", "eventsWebSocket", "webhooks"]);
  const messages = document?.channels().get("events")?.messages().all() ?? [];
  expect(messages.length).toBeGreaterThan(30);
  const types = messages.map((message) => message.payload()?.properties()?.["type"]?.enum());
  expect(types).toEqual(messages.map((message) => [message.name()]));
});
