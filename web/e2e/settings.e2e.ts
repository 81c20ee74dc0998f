// The settings, each section on the real server: what they show, what they do, and what the server then does.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { expectAccessible } from "./axe";
import { launch, screenshot, signIn } from "./browser";
import { startReceiver, signedWith, type Receiver } from "./receiver";
import { binary, startServer, type Server } from "./server";

let server: Server;
let receiver: Receiver;
let browser: Browser;
let page: Page;
let heard: string[];
let elsewhere: string;

beforeAll(async () => {
  server = await startServer();
  receiver = await startReceiver();
  elsewhere = mkdtempSync(join(tmpdir(), "groma-keys-"));
  browser = await launch();
  ({ page, heard } = await signIn(browser, server));
});

afterAll(async () => {
  await browser?.close();
  await receiver?.close();
  await server?.stop();
  if (elsewhere !== undefined) rmSync(elsewhere, { recursive: true });
});

const heading = (name: string | RegExp) => page.getByRole("heading", { level: 1, name });
const button = (name: string | RegExp) => page.getByRole("button", { name, exact: true });
const dialog = (name: string) => page.getByRole("dialog", { name });
const fact = (name: string) => page.getByRole("term").filter({ hasText: name }).locator("xpath=following-sibling::dd");
const groma = (...words: string[]): string => execFileSync(binary(), [...words, "--data-dir", server.folder], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });

/** Takes the secret that is shown this once. */
async function keepSecret(): Promise<string> {
  const secret = await page.getByRole("textbox", { name: "Secret" }).inputValue();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  expect(await page.getByRole("textbox", { name: "Secret" }).isVisible()).toBe(true);
  await button("I have kept it").click();
  await page.getByRole("textbox", { name: "Secret" }).waitFor({ state: "detached" });
  return secret;
}

describe("tokens", () => {
  test("the settings open with them, and say what would be there", async () => {
    await page.getByRole("link", { name: "Settings" }).click();
    await heading("Tokens").waitFor();
    await page.getByText("No token yet").waitFor();
    await expectAccessible(page, "settings-tokens-empty");
  });

  test("one is made, used and revoked", async () => {
    await button("New token…").click();
    await dialog("New token").waitFor();
    await expectAccessible(page, "settings-token-dialog");
    await page.getByLabel("Name").fill("from the page");
    await button("Make token").click();
    await dialog("The new token").waitFor();
    await expectAccessible(page, "settings-token-secret");
    const secret = await keepSecret();
    const ask = () => fetch(`${server.base}/v1/version`, { headers: { authorization: `Bearer ${secret}` } }).then(({ status }) => status);
    expect(await ask()).toBe(200);
    await page.getByRole("cell", { name: "from the page", exact: true }).waitFor();
    await expectAccessible(page, "settings-tokens");
    await button("Revoke from the page").click();
    await button("Revoke").click();
    await page.getByText("The token from the page is revoked.").waitFor();
    expect(await ask()).toBe(401);
    await page.getByText("No token yet").waitFor();
  });
});

describe("the error log", () => {
  test("nothing went wrong so far", async () => {
    await page.goto("/settings/errors");
    await page.getByText("Nothing went wrong").waitFor();
    await expectAccessible(page, "settings-errors-empty");
  });

  test("an error elsewhere is counted, and its particulars are kept", async () => {
    await page.goto("/");
    await page.getByText("Live", { exact: true }).waitFor();
    groma("scan", "network", "127.0.0.1", "nosuch.invalid", "--ports", "9");
    await page.getByRole("link", { name: "1 new error" }).click();
    const row = page.getByRole("table", { name: "Errors" }).getByRole("row", { name: /nosuch\.invalid/ });
    await row.getByText("warning").waitFor();
    expect(await page.getByRole("link", { name: /new error/ }).count()).toBe(0);
    await expectAccessible(page, "settings-errors");
    await page.getByLabel("Severity").selectOption("critical");
    await page.getByText("No error fits the filter").waitFor();
    await page.getByLabel("Severity").selectOption("info");
    await row.getByRole("link", { name: /^scan/ }).click();
    await heading("Scan of 127.0.0.1, nosuch.invalid").waitFor();
  });
});

describe("event statistics", () => {
  test("tell the last minute and each type", async () => {
    await page.goto("/settings/statistics");
    await page.getByRole("img", { name: /^Events per second over the last minute/ }).waitFor();
    const row = page.getByRole("table", { name: "Events by type" }).getByRole("row", { name: /network\.scan_completed/ });
    await row.waitFor();
    await expectAccessible(page, "settings-statistics");
    await row.getByRole("link").click();
    await heading("Events").waitFor();
    expect(await page.getByLabel("Types").inputValue()).toBe("groma.network.scan_completed");
  });
});

describe("webhooks", () => {
  let secret: string;

  test("one is made, and its command shown", async () => {
    groma("scan", "network", "127.0.0.1", "--ports", "9");
    await page.goto("/settings/webhooks");
    await page.getByText("No webhook yet").waitFor();
    await expectAccessible(page, "settings-webhooks-empty");
    await page.getByRole("link", { name: "Make the first webhook" }).click();
    await page.getByRole("textbox", { name: "Address" }).fill(receiver.url);
    await page.getByLabel("Description").fill("End to end");
    await page.getByLabel("Types").fill("groma.network.scan_*");
    await page.getByText(`groma webhooks create ${receiver.url}`).waitFor();
    await expectAccessible(page, "settings-webhook-new");
    await button("Make webhook").click();
    await page.getByText("The webhook was not made").waitFor();
    await page.getByLabel("Allow private addresses").check();
    await page.getByLabel("Begin with the oldest event there is").check();
    await button("Make webhook").click();
    await dialog("The webhook's secret").waitFor();
    secret = await keepSecret();
    await heading(`Webhook to ${new URL(receiver.url).host}`).waitFor();
  });

  test("events arrive, signed with its secret", async () => {
    await expect.poll(() => receiver.deliveries.map(({ body }) => (JSON.parse(body) as { type: string }).type), { timeout: 15_000 }).toContain("groma.network.scan_completed");
    expect(receiver.deliveries.every((delivery) => signedWith(delivery, secret))).toBe(true);
    await page.getByRole("table", { name: "Deliveries" }).getByText("network.scan_completed").first().waitFor();
    await expectAccessible(page, "settings-webhook");
  });

  test("a test says how it went, well or not", async () => {
    await button("Send a test").click();
    await page.getByText(/^The receiver accepted it: 204/).waitFor();
    receiver.answerWith(500);
    await button("Send a test").click();
    await page.getByText(/^The receiver answered 500/).waitFor();
    await page.getByText("the receiver is not well").first().waitFor();
    receiver.answerWith(204);
    await expectAccessible(page, "settings-webhook-tested");
  });

  test("paused, it keeps its place and goes on from there", async () => {
    await button("Pause").click();
    await page.getByText("Deliveries are paused; nothing is lost.").waitFor();
    await page.getByText("Deliveries are paused", { exact: true }).waitFor();
    const before = receiver.deliveries.length;
    groma("scan", "network", "127.0.0.1", "--ports", "9");
    expect(receiver.deliveries.length).toBe(before);
    await button("Go on").click();
    await expect.poll(() => receiver.deliveries.length, { timeout: 15_000 }).toBeGreaterThan(before);
  });

  test("a new secret signs beside the old one", async () => {
    await button("New secret…").click();
    await dialog("Make a new secret?").waitFor();
    await expectAccessible(page, "settings-webhook-rotate");
    await button("Make new secret").click();
    await dialog("The webhook's new secret").waitFor();
    const next = await keepSecret();
    expect(next).not.toBe(secret);
    const before = receiver.deliveries.length;
    await button("Send a test").click();
    await expect.poll(() => receiver.deliveries.length, { timeout: 15_000 }).toBeGreaterThan(before);
    const last = receiver.deliveries.at(-1);
    expect(last && [signedWith(last, secret), signedWith(last, next)]).toEqual([true, true]);
  });

  test("a range is delivered again under the same ids", async () => {
    const ids = new Set(receiver.deliveries.filter(({ body }) => body.includes("scan_completed")).map(({ id }) => id));
    const before = receiver.deliveries.length;
    await button("Replay…").click();
    await dialog("Deliver a range again").waitFor();
    await expectAccessible(page, "settings-webhook-replay");
    await page.getByRole("radio", { name: "the oldest event there is" }).check();
    await button("Replay").click();
    await page.getByText(/events? will be delivered again/).waitFor();
    await expect.poll(() => receiver.deliveries.slice(before).filter(({ id }) => ids.has(id)).length, { timeout: 15_000 }).toBeGreaterThanOrEqual(ids.size);
    await page.getByRole("table", { name: "Deliveries" }).getByText("replay").first().waitFor();
  });

  test("the log is filtered by outcome, in the address too", async () => {
    await page.getByLabel("Show deliveries with outcome").selectOption("delivered");
    await page.waitForURL(/outcome=delivered/);
    await page.getByRole("table", { name: "Deliveries" }).getByText("✓ delivered").first().waitFor();
    expect(await page.getByRole("table", { name: "Deliveries" }).getByText("failed").count()).toBe(0);
  });

  test("is changed, and stands in the list", async () => {
    await button("Change…").click();
    await dialog("Change webhook").waitFor();
    await expectAccessible(page, "settings-webhook-change");
    await dialog("Change webhook").getByLabel("Description").fill("Changed");
    await button("Save").click();
    await page.getByText("The webhook is changed.").waitFor();
    await page.getByRole("navigation", { name: "Settings" }).getByRole("link", { name: "Webhooks" }).click();
    await page.getByRole("table", { name: "Webhooks" }).getByText("Changed").waitFor();
    await page.getByRole("table", { name: "Webhooks" }).getByText("active").waitFor();
    await expectAccessible(page, "settings-webhooks");
  });

  test("is deleted after a question", async () => {
    await page.getByRole("link", { name: receiver.url }).click();
    await button("Delete…").click();
    await dialog("Delete this webhook?").waitFor();
    await expectAccessible(page, "settings-webhook-delete");
    await button("Delete").click();
    await page.getByText("No webhook yet").waitFor();
  });
});

describe("keys", () => {
  test("show what opened the folder", async () => {
    await page.goto("/settings/keys");
    await page.getByText("✓ opened it this time").waitFor();
    await expectAccessible(page, "settings-keys");
  });

  test("a passphrase and a key file are added and removed", async () => {
    const table = page.getByRole("table", { name: "Ways to open" });
    await button("Add a way to open…").click();
    await dialog("Add a way to open the data folder").waitFor();
    await page.getByLabel("Passphrase", { exact: true }).fill("short");
    await page.getByText("At least 12 characters; this has 5").waitFor();
    await expectAccessible(page, "settings-key-add");
    await page.getByLabel("Passphrase", { exact: true }).fill("correct horse battery staple");
    await page.getByLabel("Once more").fill("correct horse battery staple");
    await button("Add").click();
    await page.getByText("The data folder now opens by a passphrase too.").waitFor();
    await table.getByRole("cell", { name: "a passphrase", exact: true }).waitFor();
    await button("Add a way to open…").click();
    await page.getByRole("radio", { name: "A key file" }).check();
    await page.getByLabel("Path").fill(join(elsewhere, "second.key"));
    await button("Add").click();
    await table.getByText(join(elsewhere, "second.key")).waitFor();
    await button("Remove a passphrase").click();
    await button("Remove").click();
    await table.getByRole("cell", { name: "a passphrase", exact: true }).waitFor({ state: "detached" });
  });

  test("a recovery key is shown once", async () => {
    await button("Make a recovery key").click();
    await dialog("The recovery key").waitFor();
    expect((await keepSecret()).length).toBeGreaterThan(20);
    await page.getByRole("table", { name: "Ways to open" }).getByRole("cell", { name: "a recovery key", exact: true }).waitFor();
  });

  test("a new data key, and everything sealed again", async () => {
    await button("New data key…").click();
    await dialog("Make a new data key?").waitFor();
    await page.getByLabel("Seal everything again").check();
    await expectAccessible(page, "settings-key-rotate");
    await button("Make data key").click();
    await page.getByText(/^Everything was sealed again under key/).waitFor({ timeout: 60_000 });
    await expectAccessible(page, "settings-keys-resealed");
  });
});

describe("retention", () => {
  test("rules are changed, and stay", async () => {
    await page.goto("/settings/retention");
    await page.getByText("How long events are kept").waitFor();
    await expectAccessible(page, "settings-retention");
    await button("Add a rule").click();
    const rules = page.getByRole("group", { name: /^Rule \d+$/ });
    const many = await rules.count();
    await rules.first().getByLabel("Types").fill("groma.custom.*");
    await rules.first().getByLabel("For").fill("soon");
    await page.getByText("Write it as 90 d, 12 h, 30 min").waitFor();
    expect(await button("Save").isDisabled()).toBe(true);
    await expectAccessible(page, "settings-retention-wrong");
    await rules.first().getByLabel("For").fill("30 d");
    await page.getByLabel("Ceiling of the database").fill("3 GiB");
    await button("Save").click();
    await page.getByText("The rules are saved; the next run follows them.").waitFor();
    await page.reload();
    await rules.first().waitFor();
    expect(await rules.count()).toBe(many);
    expect(await rules.first().getByLabel("For").inputValue()).toBe("30 d");
    expect(await page.getByLabel("Ceiling of the database").inputValue()).toBe("3 GiB");
    await button("Run now").click();
    await page.getByText(/^(Nothing had to go|\d+ events? went)/).waitFor();
  });

  test("consumers are listed and forgotten", async () => {
    groma("consumers", "put", "billing");
    await page.getByRole("table", { name: "Consumers" }).getByText("billing").waitFor();
    await expectAccessible(page, "settings-consumers");
    await button("Forget billing").click();
    await button("Forget").click();
    await page.getByText("No consumer is registered").waitFor();
  });
});

describe("this browser, and about", () => {
  test("choices are kept", async () => {
    await page.goto("/settings/browser");
    await heading("This browser").waitFor();
    await expectAccessible(page, "settings-browser");
    await page.getByLabel("When no stream opens, ask the server").selectOption({ label: "every 5 s" });
    await page.reload();
    expect(await page.getByLabel("When no stream opens, ask the server").inputValue()).toBe("5000");
  });

  test("says which Groma this is, and its documents are there", async () => {
    await page.goto("/settings/about");
    await fact("Version").waitFor();
    expect(groma("--version")).toContain(await fact("Version").innerText());
    await expectAccessible(page, "settings-about");
    const there: Record<string, number> = {};
    for (const name of ["API page", "OpenAPI document", "AsyncAPI document"]) {
      const href = await page.getByRole("link", { name }).getAttribute("href");
      there[name] = await page.evaluate(async (href) => (await fetch(href ?? "")).status, href);
    }
    expect(there).toEqual({ "API page": 200, "OpenAPI document": 200, "AsyncAPI document": 200 });
  });
});

test("every section fits a phone", async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  const wide: string[] = [];
  const links = page.getByRole("navigation", { name: "Settings" }).getByRole("link");
  for (const name of await links.allInnerTexts()) {
    await links.filter({ hasText: name }).click();
    await heading(name).waitFor();
    await screenshot(page, `phone-${name.toLowerCase().replaceAll(" ", "-")}`);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (over > 0) wide.push(name);
  }
  expect(wide).toEqual([]);
});

test("the browser had nothing to complain of", () => {
  expect(heard).toEqual([]);
});
