import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { expectAccessible } from "./axe";
import { complaints, launch, open, screenshot } from "./browser";
import { startServer, type Server } from "./server";

let server: Server;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let heard: string[];
/** The scan that is started, watched, cancelled and discarded. */
let scanUrl: string;

beforeAll(async () => {
  server = await startServer();
  browser = await launch();
  context = await open(browser, server.base);
  page = await context.newPage();
  page.setDefaultTimeout(15_000);
  heard = complaints(page);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const heading = (name: string | RegExp) => page.getByRole("heading", { level: 1, name });
const button = (name: string | RegExp) => page.getByRole("button", { name, exact: true });

/** Waits until more probes are done than `before`, and returns how many. */
async function probesBeyond(before: number): Promise<number> {
  const done = await page.waitForFunction(
    (before) => {
      const facts = [...document.querySelectorAll("dl > div")].find((one) => one.textContent?.startsWith("Probes done"));
      const probes = Number.parseInt((facts?.querySelector("dd")?.textContent ?? "0").replaceAll(",", ""), 10);
      return probes > before ? probes : null;
    },
    before,
    { timeout: 30_000 },
  );
  return Number(await done.jsonValue());
}

async function startScan(ports: string, rate: number): Promise<void> {
  await page.goto("/scans/new");
  await page.getByLabel("Targets").fill("127.0.0.1");
  await page.getByLabel("Ports", { exact: true }).fill(ports);
  await page.getByText("Advanced").click();
  await page.getByLabel("Probes per second").fill(String(rate));
  await page.getByText("Probes at most").waitFor();
  await button("Start scan").click();
  await page.waitForURL(/\/scans\/[0-9a-f-]{36}/);
  await heading("Scan of 127.0.0.1").waitFor();
}

describe("signing in", () => {
  test("who is not signed in is told how to", async () => {
    await page.goto("/scans?status=running");
    await heading("Sign in to Groma").waitFor();
    expect(await page.getByText("groma open").isVisible()).toBe(true);
    await expectAccessible(page, "sign-in");
  });

  test("the link signs in once, and leaves no code behind", async () => {
    await page.goto(server.signInLink);
    await heading("Overview").waitFor();
    expect(page.url()).not.toContain("code=");
    await page.getByText("Live", { exact: true }).waitFor();

    const other = await open(browser, server.base);
    const second = await other.newPage();
    await second.goto(server.signInLink);
    await second.getByText("This link did not sign you in").waitFor();
    await other.close();
  });

  test("empty pages say what would be here", async () => {
    await expectAccessible(page, "overview-empty");
    await page.goto("/scans");
    await page.getByText("No scan yet").waitFor();
    await expectAccessible(page, "scans-empty");
    await page.goto("/events");
    await heading("Events").waitFor();
    await expectAccessible(page, "events-empty");
  });
});

describe("a scan", () => {
  test("is checked while it is written, and shows its command", async () => {
    await page.goto("/scans/new");
    await page.getByLabel("Targets").fill("8.8.8.8");
    await page.getByText("This scan would not start").waitFor();
    await screenshot(page, "new-refused");
    await page.getByLabel("Targets").fill("127.0.0.1");
    await page.getByLabel("Ports", { exact: true }).fill("1-65535");
    await page.getByText("65,535", { exact: true }).first().waitFor();
    expect(await page.getByText("groma scan network 127.0.0.1 --ports 1-65535").isVisible()).toBe(true);
    await expectAccessible(page, "new-scan");
  });

  test("is watched live", async () => {
    await startScan("1-65535", 1000);
    scanUrl = page.url();
    await page.getByText("running", { exact: true }).first().waitFor();
    await page.getByRole("button", { name: "127.0.0.1" }).waitFor({ timeout: 30_000 });
    const first = await probesBeyond(0);
    await probesBeyond(first);
    await page.getByRole("button", { name: "127.0.0.1" }).click();
    await page.getByRole("complementary", { name: "Host 127.0.0.1" }).waitFor();
    expect(page.url()).toContain("host=127.0.0.1");
    await expectAccessible(page, "scan-running");
  });

  test("shows on the overview and on top of the list", async () => {
    await page.goto("/");
    await page.getByRole("article", { name: "Scan of 127.0.0.1" }).waitFor();
    await expectAccessible(page, "overview-running");
    await page.goto("/scans?status=running");
    await page.getByRole("table", { name: "Scans" }).getByRole("link", { name: "127.0.0.1" }).waitFor();
    await expectAccessible(page, "scans-running");
  });

  test("an identical one is offered instead of doubled", async () => {
    await startScan("1-65535", 1000);
    await page.getByText("An identical scan was running already").waitFor();
    expect(new URL(page.url()).pathname).toBe(new URL(scanUrl).pathname);
  });

  test("a shared link opens the same view in another tab", async () => {
    await page.goto(`${new URL(scanUrl).pathname}?find=127&sort=open&descending=true&host=127.0.0.1`);
    const other = await context.newPage();
    await other.goto(page.url());
    await other.getByRole("complementary", { name: "Host 127.0.0.1" }).waitFor();
    expect(await other.getByLabel("Filter hosts").inputValue()).toBe("127");
    expect(await other.getByRole("columnheader", { name: "Open" }).getAttribute("aria-sort")).toBe("descending");
    await other.close();
  });

  test("is cancelled, and what it found is kept", async () => {
    await button("Cancel scan…").click();
    await page.getByRole("dialog", { name: "Cancel this scan?" }).waitFor();
    await expectAccessible(page, "cancel-dialog");
    await page.getByLabel("Reason").fill("only a test");
    await button("Cancel and keep").click();
    await page.getByText("Cancelled; what was found is kept").waitFor({ timeout: 30_000 });
    await page.getByText("cancelled: only a test").first().waitFor();
    expect(await page.getByText("partial", { exact: true }).first().isVisible()).toBe(true);
    expect(await page.getByRole("table", { name: "Hosts" }).getByRole("button", { name: "127.0.0.1" }).isVisible()).toBe(true);
    await expectAccessible(page, "scan-cancelled");
  });

  test("is resumed as a new scan, which goes on from it", async () => {
    await button("Resume").click();
    await page.waitForURL((url) => url.pathname !== new URL(scanUrl).pathname);
    await page.getByText("Goes on from").waitFor();
    await button("Cancel scan…").click();
    await button("Cancel and keep").click();
    await page.getByText("Cancelled; what was found is kept").waitFor({ timeout: 30_000 });
    await page.getByRole("combobox", { name: "Earlier scan" }).selectOption({ index: 1 });
    await page.getByText("Not seen is not proven absent").waitFor();
    await expectAccessible(page, "scan-diff");
  });

  test("is discarded afterwards", async () => {
    await page.goto(new URL(scanUrl).pathname);
    await button("Discard…").click();
    await page.getByRole("dialog", { name: "Discard what this scan changed?" }).waitFor();
    await expectAccessible(page, "discard-dialog");
    await button("Discard").click();
    await page.getByText("Cancelled, and discarded").waitFor({ timeout: 30_000 });
    await expectAccessible(page, "scan-discarded");
  });
});

describe("events", () => {
  test("a scan is replayed from its start, in order, to its end", async () => {
    await page.getByRole("link", { name: "Replay" }).click();
    await page.waitForURL(/\/events\?.*from=oldest/);
    const rows = page.getByRole("table", { name: "Events" }).getByRole("row");
    await rows.nth(1).getByText("network.scan_started").waitFor();
    await page.getByRole("button", { name: "Jump to newest" }).click();
    await page.getByText("network.scan_completed").waitFor();
    await expectAccessible(page, "events-replay");
  });

  test("one is shown whole, and its link opens it again", async () => {
    await page.getByRole("table", { name: "Events" }).getByRole("row").filter({ hasText: "network.scan_completed" }).getByRole("button").click();
    await page.getByRole("complementary", { name: "Event" }).getByText('"specversion": "1.0"').waitFor();
    await expectAccessible(page, "events-one");
    const other = await context.newPage();
    await other.goto(page.url());
    await other.getByRole("complementary", { name: "Event" }).getByText('"specversion": "1.0"').waitFor();
    await other.close();
  });

  test("are filtered by type, and paused", async () => {
    await page.goto("/events?from=oldest&types=groma.network.scan_*");
    await page.getByRole("table", { name: "Events" }).getByText("network.scan_started").first().waitFor();
    expect(await page.getByRole("table", { name: "Events" }).getByText("network.port_discovered").count()).toBe(0);
    await button("Pause").click();
    await page.getByText("paused: nothing is lost").waitFor();
    await button("Go on").click();
    await page.getByText("paused: nothing is lost").waitFor({ state: "detached" });
  });
});

describe("a server that dies", () => {
  test("is told, and when it comes back the page catches up and the scan goes on", async () => {
    await startScan("1-60000", 1000);
    const before = await probesBeyond(0);
    await server.kill();
    await page.getByText(/^The connection to the server is lost since/).waitFor();
    await expectAccessible(page, "connection-lost");
    await server.restart();
    await page.getByText("Live", { exact: true }).waitFor({ timeout: 40_000 });
    await probesBeyond(before);
    await button("Cancel scan…").click();
    await button("Cancel and keep").click();
    await page.getByText("Cancelled; what was found is kept").waitFor({ timeout: 30_000 });
  });
});

describe("the frame", () => {
  test("the chosen theme stays", async () => {
    await page.getByText("Dark", { exact: true }).click();
    await page.reload();
    await page.locator('html[data-mantine-color-scheme="dark"]').waitFor({ state: "attached" });
    expect(await page.getByRole("radio", { name: "Dark" }).isChecked()).toBe(true);
    await page.getByText("System", { exact: true }).click();
  });

  test("the keyboard alone reaches the content", async () => {
    await page.goto("/scans");
    await heading("Scans").waitFor();
    expect(await page.title()).toBe("Scans · Groma");
    await page.getByRole("link", { name: "Skip to content" }).focus();
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("main");
  });

  test("a page that isn't says so", async () => {
    await page.goto("/nowhere");
    await heading("Not found").waitFor();
    await expectAccessible(page, "not-found");
  });

  test("whoever signs out is out", async () => {
    await page.goto("/");
    await button("Sign out").click();
    await heading("Sign in to Groma").waitFor();
    await page.goto("/scans");
    await heading("Sign in to Groma").waitFor();
  });

  test("the browser had nothing to complain of", () => {
    expect(heard).toEqual([]);
  });
});
