import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";

import type { Server } from "./server";

const CHROMIUM = process.env["CHROMIUM_BIN"] ?? "/usr/bin/chromium";
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const RESULTS = join(import.meta.dirname, "..", "test-results");

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

export function open(browser: Browser, base: string): Promise<BrowserContext> {
  return browser.newContext({ baseURL: base, viewport: { width: 1360, height: 860 }, reducedMotion: "reduce", permissions: ["clipboard-read", "clipboard-write"] });
}

/** Signs in on a new page; `heard` collects what that page complains about. */
export async function signIn(browser: Browser, server: Server): Promise<{ page: Page; heard: string[] }> {
  const context = await open(browser, server.base);
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const heard = complaints(page);
  await page.goto(server.signInLink);
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
  return { page, heard };
}

export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync(RESULTS, { recursive: true });
  await page.screenshot({ path: join(RESULTS, `${name}.png`) });
}

/** Collects what the browser complains about: refused scripts and styles, errors nobody caught. */
export function complaints(page: Page): string[] {
  const heard: string[] = [];
  page.on("pageerror", (error) => heard.push(`uncaught: ${error.message}`));
  page.on("console", (message) => {
    const text = message.text();
    // Answers of 4xx and lost connections are logged by the browser whatever the page does with them.
    if (message.type() === "error" && !text.startsWith("Failed to load resource") && !text.startsWith("WebSocket connection to")) heard.push(`${page.url()}: ${text}`);
  });
  return heard;
}
