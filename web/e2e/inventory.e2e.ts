// Everything that a real scan of loopback found: listed, narrowed, searched, exported, one thing with its history. And a large inventory, of the page alone.
import { execFile, execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer, type Server as Listener } from "node:net";
import { promisify } from "node:util";

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { expectAccessible } from "./axe";
import { launch, screenshot, signIn } from "./browser";
import { binary, startServer, type Server } from "./server";
import { inWorld, thing } from "./world";

let server: Server;
let browser: Browser;
let page: Page;
let heard: string[];
/** What a scan finds open, or closed once it is closed. */
let listener: Listener;
let open: number;

beforeAll(async () => {
  server = await startServer();
  browser = await launch();
  ({ page, heard } = await signIn(browser, server));
  // A scan ends its connections as it likes.
  listener = createServer((socket) => socket.on("error", () => socket.destroy()));
  open = await new Promise<number>((resolve) => {
    listener.listen(0, "127.0.0.1", () => resolve((listener.address() as { port: number }).port));
  });
});

afterAll(async () => {
  listener?.close();
  await browser?.close();
  await server?.stop();
});

const heading = (name: string | RegExp) => page.getByRole("heading", { level: 1, name });
const button = (name: string | RegExp) => page.getByRole("button", { name, exact: true });
const panel = (name: string | RegExp) => page.getByRole("region", { name });
const grid = () => page.getByRole("grid", { name: "Things" });
const found = () => page.getByRole("grid", { name: "Found" });
const box = () => page.getByLabel("Search things");
const groma = (...words: string[]): string => execFileSync(binary(), [...words, "--data-dir", server.folder], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
/** Scans loopback beside the page, which goes on. */
const scan = (): Promise<unknown> => promisify(execFile)(binary(), ["scan", "network", "127.0.0.1", "--ports", `${new URL(server.base).port},${open}`, "--data-dir", server.folder]);

describe("all of it", () => {
  test("an empty one says what would be here and how to fill it", async () => {
    await page.getByRole("link", { name: "Inventory" }).click();
    await page.getByText("Nothing is known yet").waitFor();
    expect(await page.getByText("groma scan network 10.1.0.0/24").isVisible()).toBe(true);
    await expectAccessible(page, "inventory-empty");
  });

  test("what a scan finds shows while one looks on", async () => {
    await scan();
    await panel("3 things").waitFor();
    await grid().getByRole("link", { name: "127.0.0.1", exact: true }).waitFor();
    await grid().getByRole("link", { name: `127.0.0.1:${open}/tcp` }).waitFor();
    await expectAccessible(page, "inventory");
  });

  test("is narrowed by what there is, all of it in the address", async () => {
    await page.getByRole("checkbox", { name: "Service 2" }).check();
    await panel("2 things").waitFor();
    await page.getByRole("checkbox", { name: "Host 1" }).check();
    await panel("3 things").waitFor();
    await button("Remove the filter Kind: Service").click();
    await panel("1 thing").waitFor();
    expect(new URL(page.url()).search).toBe("?type=network.host");
    await expectAccessible(page, "inventory-narrowed");
    await page.goBack();
    await panel("3 things").waitFor();
    await page.goto("/inventory?type=network.service&state=closed");
    await page.getByText("Nothing fits these filters").waitFor();
    await expectAccessible(page, "inventory-nothing-fits");
    await page.getByRole("link", { name: "Remove the filters" }).click();
    await panel("3 things").waitFor();
  });

  test("is sorted by its columns", async () => {
    await page.getByRole("columnheader", { name: "Name" }).getByRole("button").click();
    await page.waitForURL(/sort=name/);
    await page.getByRole("columnheader", { name: "Name" }).getByRole("button").click();
    await page.waitForURL(/order=desc/);
    expect(await page.getByRole("columnheader", { name: "Name" }).getAttribute("aria-sort")).toBe("descending");
    const names = await grid().getByRole("link").allInnerTexts();
    expect(names).toEqual(names.toSorted().toReversed());
  });

  test("the keyboard alone walks it, opens a row, and comes back to it", async () => {
    await grid().focus();
    await page.keyboard.press("End");
    await page.keyboard.press("ArrowUp");
    const name = await grid().getByRole("row", { selected: true }).getByRole("link").innerText();
    expect(await grid().getAttribute("aria-activedescendant")).toBe(await grid().getByRole("row", { selected: true }).getAttribute("id"));
    await page.keyboard.press("Enter");
    await heading(name).waitFor();
    await page.goBack();
    await grid().getByRole("row", { selected: true }).getByRole("link", { name, exact: true }).waitFor();
  });
});

describe("the search", () => {
  test("is at `/`, and finds as one types, the exact first, with why", async () => {
    await page.goto("/inventory");
    await panel("3 things").waitFor();
    await grid().focus();
    await page.keyboard.press("/");
    await page.keyboard.type("127.0.0.1");
    await found().getByRole("row").first().waitFor();
    const first = found().getByRole("row").first();
    await first.getByText(/is its (name|identifier)/).first().waitFor();
    expect(await first.getByRole("link").innerText()).toBe("127.0.0.1");
    expect(new URL(page.url()).searchParams.get("q")).toContain("127.0.0.1");
    await expectAccessible(page, "inventory-search");
  });

  test("a part of a name is found and marked, with the filters still applied", async () => {
    await page.goto("/inventory?type=network.service");
    await box().fill(`1:${open}`);
    await found().getByText(`name contains “1:${open}”`).waitFor();
    expect(await found().locator("mark").first().innerText()).toBe(`1:${open}`);
    await box().fill("127.0.0.1");
    await found().getByRole("row").first().waitFor();
    expect(await found().getByText("Host", { exact: true }).count()).toBe(0);
    expect(await button("Remove the filter Kind: Service").isVisible()).toBe(true);
  });

  test("says by what it found: without the model, how to install it", async () => {
    await page.goto("/inventory?q=service");
    await page.getByText(/the language model is not installed|By words/).first().waitFor();
    await page.getByLabel("Explain").check();
    await page.waitForURL(/explain=true/);
    await found().getByText(/score \d/).first().waitFor();
    await expectAccessible(page, "inventory-search-explained");
  });

  test("what is not there is not found, and it is said what can be", async () => {
    await page.goto("/inventory?deleted=only&q=127.0.0.1");
    await page.getByText("Nothing was found").waitFor();
    await expectAccessible(page, "inventory-search-nothing");
    await page.getByRole("link", { name: "Search without the filters" }).click();
    await found().getByRole("row").first().waitFor();
  });

  test("Enter opens the first hit", async () => {
    await page.goto("/inventory");
    await box().fill(`127.0.0.1:${open}/tcp`);
    await page.keyboard.press("Enter");
    await heading(`127.0.0.1:${open}/tcp`).waitFor();
  });
});

describe("views and files", () => {
  test("a view is kept under a name, and its link opens it", async () => {
    await page.goto("/inventory?type=network.service&sort=name");
    await panel("2 things").waitFor();
    await button("Save view…").click();
    await page.getByRole("dialog", { name: "Save this view" }).waitFor();
    await expectAccessible(page, "inventory-save-view");
    await page.getByRole("textbox", { name: "Name" }).fill("services by name");
    await button("Save view").click();
    await page.goto("/inventory");
    await page.getByRole("link", { name: "services by name" }).click();
    await panel("2 things").waitFor();
    expect(new URL(page.url()).search).toBe("?type=network.service&sort=name");
    await button("Copy link").click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(page.url());
    await button("Forget the view services by name").click();
    expect(await page.getByRole("link", { name: "services by name" }).count()).toBe(0);
  });

  test.each([
    ["CSV", (text: string) => text.trim().split("\n").length - 1],
    ["JSON", (text: string) => (JSON.parse(text) as unknown[]).length],
    ["NDJSON", (text: string) => text.trim().split("\n").map((line) => JSON.parse(line) as unknown).length],
  ])("the view is downloaded as %s", async (format, count) => {
    await page.goto("/inventory?type=network.service");
    await panel("2 things").waitFor();
    await button("Export…").click();
    await page.getByRole("radio", { name: format, exact: true }).check();
    if (format === "CSV") await expectAccessible(page, "inventory-export");
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Download" }).click()]);
    expect(count(readFileSync(await download.path(), "utf8"))).toBe(2);
  });
});

describe("one thing", () => {
  test("has its state, ids, place, relations and what vouches for it", async () => {
    await page.goto("/inventory?type=network.host");
    await grid().getByRole("link", { name: "127.0.0.1", exact: true }).click();
    await heading("127.0.0.1").waitFor();
    await panel("How it stands").getByText("up", { exact: true }).waitFor();
    await panel("2 relations").getByRole("link", { name: `127.0.0.1:${open}/tcp` }).waitFor();
    await panel("What vouches for it").getByText(/read completely/).waitFor();
    await button("Copy Identifier 127.0.0.1").click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe("127.0.0.1");
    await panel("History").getByText("added").waitFor();
    await panel("History").getByText("As it was first seen").click();
    await expectAccessible(page, "thing");
  });

  test("what changes shows in its history while one looks on, field by field", async () => {
    await panel("2 relations").getByRole("link", { name: `127.0.0.1:${open}/tcp` }).click();
    await heading(`127.0.0.1:${open}/tcp`).waitFor();
    await panel("1 relation").getByRole("link", { name: "127.0.0.1" }).waitFor();
    await new Promise((resolve) => listener.close(resolve));
    await scan();
    const history = panel("History");
    await history.getByText(/updated|deleted/).first().waitFor();
    await screenshot(page, "thing-changed");
    await expectAccessible(page, "thing-changed");
  });

  test("that is not known is said to be, with a way on", async () => {
    await page.goto("/inventory/0199aaaa-0000-7000-8000-00000000dead");
    await heading("No such thing").waitFor();
    await expectAccessible(page, "thing-missing");
    await page.getByRole("link", { name: "Search for it" }).click();
    await heading("Inventory").waitFor();
    expect(await box().inputValue()).toBe("0199aaaa-0000-7000-8000-00000000dead");
  });
});

describe("the ways in", () => {
  test("counts of the overview lead to what they count", async () => {
    await page.goto("/");
    await page.getByRole("definition").getByRole("link").first().click();
    await heading("Inventory").waitFor();
    expect(page.url()).toMatch(/type=network\.(host|service)&state=/);
  });

  test("`g i` opens it, and Ctrl-K finds a thing", async () => {
    await page.goto("/");
    await heading("Overview").waitFor();
    await page.keyboard.press("g");
    await page.keyboard.press("i");
    await heading("Inventory").waitFor();
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: "Find" }).waitFor();
    await page.keyboard.type("127.0.0.1");
    await page.getByRole("group", { name: "Things" }).getByRole("option").first().click();
    await page.waitForURL(/\/inventory\/[0-9a-f-]{36}/);
  });
});

describe("50,000 things", () => {
  const SIZE = 50_000;

  test("are scrolled through, of which the page holds a few rows and reads pages as they come", async () => {
    const world = await inWorld(page, SIZE);
    await page.goto("/inventory");
    await panel("50,000 things").waitFor();
    const asked = world.asked;
    const frames = await scrollThrough(4000, 90);
    process.stdout.write(`50,000 rows, 90 steps of 4,000 px: ${JSON.stringify(frames)}\n`);
    expect(frames.rowsMost).toBeLessThan(100);
    expect(frames.medianMs).toBeLessThan(50);
    expect(world.asked).toBeGreaterThan(asked);
    await grid().focus();
    await page.keyboard.press("End");
    await grid().evaluate((element) => element.scrollTo(0, element.scrollHeight));
    await grid().getByText(thing(1).name, { exact: true }).waitFor({ timeout: 60_000 });
    await screenshot(page, "inventory-50000-end");
  });

  test("what changes leaves the reader where they are: order, filter, row at hand, place", async () => {
    await page.unrouteAll();
    const world = await inWorld(page, SIZE);
    await page.goto("/inventory");
    await panel("50,000 things").waitFor();
    await grid().evaluate((element) => element.scrollTo(0, 32 * 1000));
    const seen = grid().getByRole("row", { name: new RegExp(thing(SIZE - 1004).name) });
    await seen.waitFor();
    await seen.getByRole("gridcell").nth(2).dispatchEvent("pointerdown");
    const before = (await seen.boundingBox())?.y;
    world.things = [...Array.from({ length: 7 }, (_, index) => ({ ...thing(SIZE + index + 1), id: `0199bbbb-0000-7000-8000-00000000000${index}` })), ...world.things];
    await scan();
    await panel("50,007 things").waitFor({ timeout: 30_000 });
    expect((await seen.boundingBox())?.y).toBe(before);
    expect(await seen.getAttribute("aria-selected")).toBe("true");
    await page.unrouteAll();
  });
});

/** Scrolls down by steps, one a frame, and tells how long frames took and how many rows stood in the page. */
function scrollThrough(step: number, steps: number): Promise<{ medianMs: number; longestMs: number; rowsMost: number }> {
  return grid().evaluate(
    (element, [step, steps]) =>
      new Promise((resolve) => {
        const times: number[] = [];
        let rowsMost = 0;
        let last = performance.now();
        const frame = (): void => {
          const now = performance.now();
          times.push(now - last);
          last = now;
          rowsMost = Math.max(rowsMost, element.querySelectorAll("[role=row]").length);
          if (times.length > steps) {
            const sorted = times.slice(1).sort((a, b) => a - b);
            resolve({ medianMs: Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0), longestMs: Math.round(sorted.at(-1) ?? 0), rowsMost });
            return;
          }
          element.scrollTop += step;
          requestAnimationFrame(frame);
        };
        requestAnimationFrame(frame);
      }),
    [step, steps] as const,
  );
}

test("it fits a phone", async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  for (const path of ["/inventory", "/inventory?q=127.0.0.1"]) {
    await page.goto(path);
    await page.getByRole("grid").getByRole("link").first().waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  }
  await screenshot(page, "inventory-phone");
  await page.getByRole("grid").getByRole("link").first().click();
  await panel("History").waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  await screenshot(page, "thing-phone");
});

test("the command line of the view is one that exists", () => {
  expect(groma("resources", "list", "--type", "network.host", "--sort", "name", "--order", "asc")).toContain("127.0.0.1");
});

test("the browser had nothing to complain of", () => {
  expect(heard).toEqual([]);
});
