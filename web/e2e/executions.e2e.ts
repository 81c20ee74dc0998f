// Commands and plans of the real server: started, watched, searched, stopped; a log of 100,000 lines; the graph of a plan.
import { spawn } from "node:child_process";

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { expectAccessible } from "./axe";
import { complaints, launch, open, screenshot, signIn } from "./browser";
import { proxyTo } from "./no-streams";
import { binary, startServer, type Server } from "./server";

let server: Server;
let browser: Browser;
let page: Page;
let heard: string[];
/** The command that wrote 100,000 lines. */
let longUrl: string;

const LINES = 100_000;

beforeAll(async () => {
  server = await startServer({ GROMA_EXECUTION_REST: "true" });
  browser = await launch();
  ({ page, heard } = await signIn(browser, server));
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const heading = (name: string | RegExp) => page.getByRole("heading", { level: 1, name });
const button = (name: string | RegExp) => page.getByRole("button", { name, exact: true });
const log = () => page.getByRole("table", { name: "Log", exact: true });
const row = (number: number) => log().getByRole("row").filter({ has: page.getByRole("link", { name: `Line ${number}`, exact: true }) });
const panel = (name: string) => page.getByRole("region", { name });

async function run(line: string): Promise<string> {
  await page.goto("/executions/new");
  await page.getByRole("textbox", { name: "Line" }).fill(line);
  await button("Run").click();
  await page.waitForURL(/\/executions\/[0-9a-f-]{36}/);
  await log().waitFor({ timeout: 30_000 });
  return page.url();
}

/** Asks the API as the page does. */
function post(path: string, body: unknown): Promise<{ data: Record<string, string> }> {
  return page.evaluate(
    async ([path, body]) => {
      const { data } = (await (await fetch("/v1/session")).json()) as { data: { csrf: string } };
      const answer = await fetch(path, { method: "POST", headers: { "content-type": "application/json", "x-groma-csrf": data.csrf }, body });
      if (!answer.ok) throw new Error(await answer.text());
      return (await answer.json()) as { data: Record<string, string> };
    },
    [path, JSON.stringify(body)] as const,
  );
}

describe("starting", () => {
  test("the empty list says how to fill it", async () => {
    await page.goto("/executions");
    await page.getByText("Nothing ran yet").waitFor();
    expect(await page.getByText("groma exec -- ./deploy.sh --region eu-west-1").isVisible()).toBe(true);
    await expectAccessible(page, "executions-empty");
  });

  test("the form shows the command line that does the same", async () => {
    await page.getByRole("link", { name: "Run a command" }).first().click();
    await heading("Run a command").waitFor();
    await page.getByRole("combobox", { name: "What runs" }).selectOption("exec");
    await page.getByRole("textbox", { name: "Program" }).fill("ls");
    await page.getByRole("textbox", { name: "Arguments" }).fill("-l\na b");
    await page.getByRole("textbox", { name: "Time limit" }).fill("30 s");
    await page.getByText("groma exec --timeout 30s -- ls -l 'a b'").waitFor();
    await expectAccessible(page, "execution-new");
  });

  test("a server where it is off says how to switch it on", async () => {
    const closed = await startServer();
    try {
      const other = await signIn(browser, closed);
      await other.page.goto("/executions/new");
      await other.page.getByRole("textbox", { name: "Line" }).fill("true");
      await other.page.getByRole("button", { name: "Run", exact: true }).click();
      await other.page.getByText("off until it is switched on").waitFor();
      await expectAccessible(other.page, "execution-new-off");
      expect(other.heard).toEqual([]);
      await other.page.context().close();
    } finally {
      await closed.stop();
    }
  });
});

describe("a log of 100,000 lines", () => {
  test("is followed to its end", async () => {
    // It waits until it is looked at, and between the streams: what is written to both at once has no order.
    longUrl = await run(`sleep 2; seq 1 ${LINES - 3} | sed 's/^/line /'; sleep 1; echo 'an oops' >&2; sleep 1; printf '\\033[32mgreen\\033[0m and plain\\n'; echo the end`);
    await page.getByText("completed", { exact: true }).first().waitFor({ timeout: 60_000 });
    await row(LINES).getByText("the end").waitFor({ timeout: 30_000 });
    expect(await panel("Status").getByText("exit code 0").isVisible()).toBe(true);
    expect(await log().getAttribute("aria-rowcount")).toBe(String(LINES + 1));
    await panel("Teardown").getByText("Nothing of it is left").waitFor();
    await expectAccessible(page, "execution-ended");
  });

  test("has only what is in view in the page", async () => {
    expect(await log().getByRole("row").count()).toBeLessThan(150);
  });

  test("a line's number is its link", async () => {
    await page.goto(`${longUrl}?line=50000`);
    await row(50_000).getByText("line 50000").waitFor();
    expect(await row(50_000).getAttribute("aria-current")).toBe("true");
    await page.getByRole("link", { name: "Line 50003", exact: true }).click();
    await page.waitForURL(/line=50003/);
    expect(await row(50_003).getAttribute("aria-current")).toBe("true");
    await expectAccessible(page, "execution-line");
  });

  test("scrolls from end to end by keyboard, and jumps to the end", async () => {
    await log().focus();
    await page.keyboard.press("Home");
    await row(1).getByText("line 1", { exact: true }).waitFor();
    await page.keyboard.press("End");
    await row(LINES).waitFor();
    await page.keyboard.press("PageUp");
    await page.keyboard.press("PageUp");
    await button("Jump to the end").click();
    await row(LINES).waitFor();
  });

  test("is searched on the server, forwards and back", async () => {
    await page.goto(longUrl);
    const field = page.getByRole("textbox", { name: "Find in the log" });
    await field.fill("LINE 7777");
    await field.press("Enter");
    await page.getByText("1 of 11", { exact: true }).waitFor();
    await row(7777).waitFor();
    await field.press("Enter");
    await page.getByText("2 of 11", { exact: true }).waitFor();
    await row(77_770).getByText("line 7777", { exact: true }).waitFor();
    expect(await row(77_770).locator("mark").textContent()).toBe("line 7777");
    await expectAccessible(page, "execution-find");
    await field.press("Shift+Enter");
    await row(7777).waitFor();
    await field.fill("not there at all");
    await field.press("Enter");
    await page.getByText("No line has it.").waitFor();
    await field.press("Escape");
  });

  test("shows one stream alone, told by a word", async () => {
    await page.goto(longUrl);
    await page.getByRole("combobox", { name: "Show lines of" }).selectOption("stderr");
    await log().getByText("an oops").waitFor();
    expect(await log().getByRole("cell", { name: "err", exact: true }).count()).toBe(1);
    expect(await log().getByText("line 1", { exact: true }).count()).toBe(0);
  });

  test("is downloaded whole", async () => {
    await page.goto(longUrl);
    await row(1).waitFor();
    const [download] = await Promise.all([page.waitForEvent("download"), button("Download").click()]);
    const { readFileSync } = await import("node:fs");
    const text = readFileSync(await download.path(), "utf8");
    expect(text.split("\n")).toHaveLength(LINES + 1);
    expect(text.startsWith("line 1\nline 2\n")).toBe(true);
    expect(text).toContain("an oops\n");
  });
});

describe("a command that runs", () => {
  test("shows its lines as they come, and is cancelled with all that it started", async () => {
    await run("trap '' TERM; n=0; while :; do n=$((n+1)); echo tick $n; sleep 0.2; done");
    await log().getByText("tick 1", { exact: true }).waitFor();
    await log().getByText("tick 8", { exact: true }).waitFor();
    await expectAccessible(page, "execution-running");
    await page.goto("/");
    await page.getByRole("article", { name: /^Command trap/ }).waitFor();
    await screenshot(page, "overview-command");
    await page.goBack();
    await button("Cancel command…").click();
    await page.getByLabel("Reason (optional)").fill("seen enough");
    await expectAccessible(page, "execution-cancel");
    await button("Cancel command").click();
    await panel("Teardown").getByText("Nothing of it is left").waitFor({ timeout: 30_000 });
    await page.getByText("cancelled", { exact: true }).first().waitFor();
    expect(await page.getByText("seen enough").first().isVisible()).toBe(true);
  });

  test("tells why it failed", async () => {
    await run("echo about to fail; exit 7");
    await page.getByText("It failed with exit code 7").waitFor();
    await screenshot(page, "execution-failed");
  });
});

describe("a plan", () => {
  const shell = (id: string, command: string, depends_on: readonly string[] = []) => ({ id, depends_on, request: { command: { type: "shell", command } } });

  test("is drawn while it runs, and names the root cause", async () => {
    const steps = [
      shell("fetch", "echo fetched"),
      shell("build", "echo building; sleep 1; echo built", ["fetch"]),
      shell("check", "echo 'it is wrong' >&2; exit 3", ["fetch"]),
      shell("pack", "echo packed", ["build"]),
      shell("ship", "echo shipped", ["pack", "check"]),
    ];
    const { data } = await post("/v1/plans", { plan: { name: "nightly", strategy: { type: "dependency_graph", max_concurrency: 2 }, steps } });
    await page.goto(`/executions/${data["plan_id"]}`);
    await heading("nightly").waitFor();
    await page.getByText("root cause").waitFor({ timeout: 30_000 });
    await page.getByText("It did not complete").waitFor({ timeout: 30_000 });
    const table = page.getByRole("table", { name: "Steps" });
    expect(await table.getByRole("row").filter({ hasText: "ship" }).textContent()).toContain("skipped");
    await expectAccessible(page, "plan");
  });

  test("a step's log is shown by the graph and by the table", async () => {
    await page.getByRole("group", { name: /^Step check/ }).click();
    await page.getByRole("table", { name: "Log of check" }).getByText("it is wrong").waitFor();
    await page.getByRole("group", { name: /^Step fetch/ }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("table", { name: "Log of fetch" }).getByText("fetched").waitFor();
    await page.getByRole("table", { name: "Steps" }).getByRole("button", { name: "pack" }).click();
    await page.getByRole("table", { name: "Log of pack" }).getByText("packed").waitFor();
    expect(page.url()).toContain("step=pack");
    await page.getByRole("link", { name: "Open step pack" }).click();
    await panel("Teardown").waitFor();
    await page.getByRole("link", { name: /^plan / }).click();
    await heading("nightly").waitFor();
  });
});

describe("a command of the command line", () => {
  test("shows while it runs, and can be stopped from here", async () => {
    await page.goto("/executions");
    await page.getByRole("table", { name: "Commands" }).waitFor();
    const words = ["exec", "--data-dir", server.folder, "--", "sh", "-c", "echo from a terminal; sleep 300"];
    const command = spawn(binary(), words, { stdio: "ignore" });
    const ended = new Promise<number | null>((resolve) => command.once("exit", resolve));
    await page.getByRole("table", { name: "Commands" }).getByRole("link", { name: /from a terminal/ }).click();
    await log().getByText("from a terminal", { exact: true }).waitFor();
    expect(await panel("Status").getByText("the command line's process").isVisible()).toBe(true);
    await button("Cancel command…").click();
    await button("Cancel command").click();
    expect(await ended).toBe(130);
    await panel("Teardown").getByText("Nothing of it is left").waitFor();
  });

  test("goes on when the server dies, and the page with it", async () => {
    const words = ["exec", "--data-dir", server.folder, "--shell", "n=0; while [ $n -lt 60 ]; do n=$((n+1)); echo beat $n; sleep 0.25; done"];
    const command = spawn(binary(), words, { stdio: "ignore" });
    const ended = new Promise<number | null>((resolve) => command.once("exit", resolve));
    await page.goto("/executions?show=active");
    await page.getByRole("table", { name: "Commands" }).getByRole("link", { name: /echo beat/ }).click();
    await log().getByText("beat 5", { exact: true }).waitFor();
    await server.kill();
    await page.getByText(/^The connection to the server is lost/).waitFor();
    await screenshot(page, "execution-lost");
    await server.restart();
    await log().getByText("beat 60", { exact: true }).waitFor({ timeout: 60_000 });
    expect(await ended).toBe(0);
    await page.getByText("completed", { exact: true }).first().waitFor();
    expect(await log().getAttribute("aria-rowcount")).toBe("61");
  });

  test("is followed without streams too", async () => {
    const proxy = await proxyTo(server.base);
    const context = await open(browser, proxy.base);
    try {
      await context.addCookies((await page.context().cookies()).map((cookie) => ({ ...cookie, url: proxy.base, domain: undefined, path: undefined })));
      const other = await context.newPage();
      const said = complaints(other);
      await other.goto("/executions");
      await other.getByText(/^Polling: no stream opens since/).waitFor({ timeout: 30_000 });
      const { data } = await post("/v1/executions", { command: { type: "shell", command: "for n in 1 2 3 4 5 6 7 8; do echo tick $n; sleep 1; done" } });
      await other.getByRole("link", { name: /^for n in/ }).click();
      await other.getByRole("table", { name: "Log", exact: true }).getByText("tick 8", { exact: true }).waitFor({ timeout: 30_000 });
      await other.getByText("completed", { exact: true }).first().waitFor({ timeout: 30_000 });
      expect(other.url()).toContain(data["execution_id"]);
      expect(said).toEqual([]);
    } finally {
      await context.close();
      await proxy.close();
    }
  });
});

test("the list has them all, by status, and the palette finds them", async () => {
  await page.goto("/executions");
  await page.getByRole("table", { name: "Plans" }).getByRole("link", { name: "nightly" }).waitFor();
  await page.getByRole("table", { name: "Commands" }).getByText("cancelled", { exact: true }).first().waitFor();
  await expectAccessible(page, "executions");
  await page.getByRole("combobox", { name: "Show executions with status" }).selectOption("skipped");
  await page.waitForURL(/show=skipped/);
  await page.getByRole("table", { name: "Commands" }).getByText("echo shipped").waitFor();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("nightly");
  await page.getByRole("group", { name: "Executions" }).getByRole("option", { name: /^nightly/ }).click();
  await heading("nightly").waitFor();
});

test("the browser had nothing to complain about", () => expect(heard).toEqual([]));
