// The same stream by every way there is: the same events in the same order, each once, whatever is cut in between.
import { execFileSync } from "node:child_process";

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { launch, open } from "./browser";
import { wireTo, type Wire } from "./proxy";
import { chromium, curl, eventsource, tail, websocket, type Reader, type Tail } from "./readers";
import { binary, startServer, type Server } from "./server";

let server: Server;
let wire: Wire;
let browser: Browser;
let commandLine: Tail;
const readers: Reader[] = [];

function groma(...words: string[]): string {
  return execFileSync(binary(), [...words, "--data-dir", server.folder], { encoding: "utf8" });
}

/** What is in the journal. */
function journal(): { sequence: string; type: string; data: { scanId?: string } }[] {
  const lines = groma("events", "tail", "--after", "oldest", "--output", "ndjson").trim().split("\n");
  return lines.map((line) => JSON.parse(line) as ReturnType<typeof journal>[number]);
}

/** Scans this machine's own addresses: an event for each of them, and one a second. */
function scan(targets: string, ports: string, rate: number): string {
  return groma("scan", "network", targets, "--ports", ports, "--max-rate", String(rate), "--detach").trim();
}

async function ended(id: string): Promise<void> {
  await expect.poll(() => journal().some(({ type, data }) => type === "groma.network.scan_completed" && data.scanId === id), { timeout: 60_000, interval: 500 }).toBe(true);
}

/** Waits until every reader has as many events as are there, and compares them. */
async function all(): Promise<void> {
  const truth = journal().map(({ sequence }) => sequence);
  expect(new Set(truth).size).toBe(truth.length);
  for (const reader of readers) {
    await expect.poll(async () => (await reader.ids()).at(-1), { timeout: 30_000, message: `${reader.name} reaches the head` }).toBe(truth.at(-1));
    expect({ name: reader.name, ids: await reader.ids() }).toEqual({ name: reader.name, ids: truth });
  }
}

/** Waits until every reader has more than it had. */
async function further(): Promise<void> {
  for (const reader of readers) {
    const before = (await reader.ids()).length;
    await expect.poll(async () => (await reader.ids()).length, { timeout: 30_000, message: `${reader.name} goes on` }).toBeGreaterThan(before);
  }
}

beforeAll(async () => {
  server = await startServer();
  wire = await wireTo(server.base);
  browser = await launch();
  const page = await (await open(browser, wire.base)).newPage();
  await page.goto(server.signInLink.replace(server.base, wire.base));
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
  // A page without a stream of its own.
  await page.goto(`${wire.base}/livez`);
  const token = groma("token", "create", "--name", "streams", "--scope", "read").trim();
  commandLine = tail(binary(), server.folder);
  readers.push(commandLine, curl(wire.base, token), eventsource(wire.base, token), websocket(wire.base, token), await chromium(page));
});

afterAll(async () => {
  for (const reader of readers) await reader.stop();
  await browser?.close();
  await wire?.close();
  await server?.stop();
});

test("everybody sees the same", async () => {
  await ended(scan("127.0.0.1-250", "9", 1000));
  await all();
});

test("a cut connection loses nothing and doubles nothing", async () => {
  const id = scan("127.0.0.1-254", "9,10", 50);
  for (let times = 0; times < 3; times += 1) {
    await further();
    wire.cut();
  }
  await ended(id);
  await all();
});

test.each(["SIGTERM", "SIGKILL"] as const)("a server that ends by %s and comes back loses nothing and doubles nothing", async (signal) => {
  const id = scan("127.0.0.1-254", signal === "SIGTERM" ? "11,12" : "13,14", 80);
  await further();
  commandLine.pause();
  await server.kill(signal);
  await server.restart();
  commandLine.goOn();
  await further();
  await ended(id);
  await all();
});
