// A network that knows no WebSockets: the page asks instead of listening, says so, and goes back to the stream when one opens.
import { execFileSync } from "node:child_process";

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { expectAccessible } from "./axe";
import { complaints, launch, open } from "./browser";
import { proxyTo, type Proxy } from "./no-streams";
import { binary, startServer, type Server } from "./server";

let server: Server;
let proxy: Proxy;
let browser: Browser;
let page: Page;
let heard: string[];

beforeAll(async () => {
  server = await startServer();
  proxy = await proxyTo(server.base);
  browser = await launch();
  const context = await open(browser, proxy.base);
  page = await context.newPage();
  page.setDefaultTimeout(20_000);
  heard = complaints(page);
  await page.goto(server.signInLink.replace(server.base, proxy.base));
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
});

afterAll(async () => {
  await browser?.close();
  await proxy?.close();
  await server?.stop();
});

const banner = () => page.getByText(/^Polling: no stream opens since/);

function scan(ports: string): string {
  return execFileSync(binary(), ["scan", "network", "127.0.0.1", "--ports", ports, "--max-rate", "1000", "--detach", "--data-dir", server.folder], { encoding: "utf8" }).trim();
}

test("says that it polls, and how often", async () => {
  await banner().waitFor();
  await page.getByText("every 2 s instead").waitFor();
  expect(await page.getByText("Polling", { exact: true }).isVisible()).toBe(true);
  await expectAccessible(page, "fallback-polling");
});

test("a scan is watched to its end all the same", async () => {
  await page.getByRole("link", { name: "change" }).click();
  await page.getByLabel("When no stream opens, ask the server").selectOption({ label: "every 1 s" });
  await page.getByText("every 1 s instead").waitFor();
  const id = scan("1-6000");
  await page.goto(`/scans/${id}`);
  await page.getByText("running", { exact: true }).first().waitFor();
  await banner().waitFor();
  await page.getByText("completed", { exact: true }).first().waitFor({ timeout: 60_000 });
});

test("answers that fail are survived, and told", async () => {
  proxy.answer(false);
  await page.getByText(/^The connection to the server is lost since/).waitFor();
  proxy.answer(true);
  await banner().waitFor();
  const id = scan("7001-7010");
  await page.goto("/scans");
  await page.getByRole("table", { name: "Scans" }).locator(`a[href="/scans/${id}"]`).waitFor();
});

test("goes back to the stream when one opens", async () => {
  proxy.allow(true);
  await page.getByText("Live", { exact: true }).waitFor({ timeout: 40_000 });
  await banner().waitFor({ state: "detached" });
});

test("and the chosen interval stays", async () => {
  await page.goto("/settings/browser");
  expect(await page.getByLabel("When no stream opens, ask the server").inputValue()).toBe("1000");
  expect(heard).toEqual([]);
});
