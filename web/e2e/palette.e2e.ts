// Everything by the keyboard: the palette, the list of keys, pages by two letters.
import { execFileSync } from "node:child_process";

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { expectAccessible } from "./axe";
import { launch, signIn } from "./browser";
import { binary, startServer, type Server } from "./server";

let server: Server;
let browser: Browser;
let page: Page;
let heard: string[];
let scanId: string;

beforeAll(async () => {
  server = await startServer();
  scanId = execFileSync(binary(), ["scan", "network", "127.0.0.1", "--ports", new URL(server.base).port, "--data-dir", server.folder, "--detach"], { encoding: "utf8" }).trim();
  browser = await launch();
  ({ page, heard } = await signIn(browser, server));
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const heading = (name: string | RegExp) => page.getByRole("heading", { level: 1, name });
const field = () => page.getByRole("combobox", { name: "Find" });
const chosen = () => page.getByRole("option", { selected: true });

async function find(text: string): Promise<void> {
  await page.keyboard.press("Control+k");
  await field().waitFor();
  await page.keyboard.type(text);
}

test("opens by Ctrl-K with the focus in its field, closes by Escape, and gives the focus back", async () => {
  await page.getByRole("link", { name: "Scans" }).focus();
  await page.keyboard.press("Control+k");
  await field().waitFor();
  expect(await field().evaluate((element) => element === document.activeElement)).toBe(true);
  await expectAccessible(page, "palette");
  await page.keyboard.press("Escape");
  await field().waitFor({ state: "detached" });
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Scans");
});

test("the arrows choose, the field says which, and Enter opens", async () => {
  await find("settings");
  await page.getByRole("option", { name: /^Settings/ }).waitFor();
  await page.keyboard.press("ArrowDown");
  const title = await chosen().textContent();
  expect(await field().getAttribute("aria-activedescendant")).toBe(await chosen().getAttribute("id"));
  await page.keyboard.press("ArrowUp");
  expect(await chosen().textContent()).not.toBe(title);
  await page.keyboard.press("ArrowUp");
  const last = await chosen().textContent();
  await page.keyboard.press("ArrowDown");
  expect(await chosen().textContent()).not.toBe(last);
  await page.keyboard.press("Enter");
  await heading("Tokens").waitFor();
});

test("finds things and scans", async () => {
  await find("127.0.0.1");
  await page.getByRole("group", { name: "Scans" }).getByRole("option").first().waitFor();
  await page.getByRole("group", { name: "Scans" }).getByRole("option").first().click();
  await heading("Scan of 127.0.0.1").waitFor();
  expect(page.url()).toContain(scanId);
  await find("127.0.0.1");
  await page.getByRole("group", { name: "Things" }).getByRole("option").first().click();
  await page.waitForURL(/\/inventory\/[0-9a-f-]{36}/);
  await page.getByRole("region", { name: "How it stands" }).getByText("Host", { exact: true }).waitFor();
});

test("where nothing fits, it can be searched for in the inventory", async () => {
  await find("no such thing");
  await page.getByRole("option", { name: "Search the inventory for “no such thing”" }).waitFor();
  expect(await page.getByRole("option").count()).toBe(1);
  await page.keyboard.press("Enter");
  await heading("Inventory").waitFor();
  expect(await page.getByLabel("Search things").inputValue()).toBe("no such thing");
});

test("an address that is typed can be scanned", async () => {
  await find("10.1.0.0/24");
  await page.getByRole("option", { name: "Scan 10.1.0.0/24" }).waitFor();
  await page.keyboard.press("Enter");
  await heading("New scan").waitFor();
  expect(await page.getByLabel("Targets").inputValue()).toBe("10.1.0.0/24");
});

test("g and a letter opens a page, but not while somebody writes", async () => {
  await page.getByLabel("Targets").focus();
  await page.keyboard.type("ge?");
  expect(await page.getByLabel("Targets").inputValue()).toContain("ge?");
  await heading("New scan").focus();
  await page.keyboard.type("ge");
  await heading("Events").waitFor();
  await page.keyboard.type("gl");
  await heading("Error log").waitFor();
});

test("? lists the keys, and they can be turned off", async () => {
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keys" }).waitFor();
  await expectAccessible(page, "keys-help");
  await page.getByRole("link", { name: "the settings of this browser" }).click();
  await heading("This browser").waitFor();
  await page.getByLabel("Single keys do something").uncheck();
  await heading("This browser").focus();
  await page.keyboard.type("ge");
  await page.keyboard.press("?");
  expect(await page.getByRole("dialog").count()).toBe(0);
  await page.keyboard.press("Control+k");
  await field().waitFor();
  await page.keyboard.press("Escape");
  await page.getByLabel("Single keys do something").check();
});

test("actions are done: the theme, and the way out", async () => {
  await find("theme: dark");
  await page.keyboard.press("Enter");
  await page.locator('html[data-mantine-color-scheme="dark"]').waitFor({ state: "attached" });
  await page.getByText("The theme is dark.").waitFor();
  await find("sign out");
  await page.keyboard.press("Enter");
  await heading("Sign in to Groma").waitFor();
  expect(heard).toEqual([]);
});
