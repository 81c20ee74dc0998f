// Backups and the search model on the real server: made, verified, drilled, damaged, told.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { expectAccessible } from "./axe";
import { launch, signIn } from "./browser";
import { binary, startServer, type Server } from "./server";

let server: Server;
let browser: Browser;
let page: Page;
let heard: string[];
let elsewhere: string;
let store: string;

beforeAll(async () => {
  elsewhere = mkdtempSync(join(tmpdir(), "groma-backups-"));
  store = join(elsewhere, "store");
  // A folder of its own: whoever runs this may have the model.
  server = await startServer({ GROMA_MODEL_DIR: join(elsewhere, "model") });
  browser = await launch();
  ({ page, heard } = await signIn(browser, server));
  groma("scan", "network", "127.0.0.1", "--ports", new URL(server.base).port);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  if (elsewhere !== undefined) rmSync(elsewhere, { recursive: true, force: true });
});

const heading = (name: string | RegExp) => page.getByRole("heading", { level: 1, name });
const button = (name: string | RegExp) => page.getByRole("button", { name, exact: true });
const panel = (name: string | RegExp) => page.getByRole("region", { name });
const jobs = () => page.getByRole("table", { name: "Last jobs" });
const groma = (...words: string[]): string => execFileSync(binary(), [...words, "--data-dir", server.folder], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });

/** The largest object of the store. */
function largestObject(): string {
  const files = readdirSync(store, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  const paths = files.map((file) => join(file.parentPath, file.name)).sort((a, b) => statSync(b).size - statSync(a).size);
  return paths[0] ?? "";
}

describe("backups", () => {
  test("go nowhere at first, and that is said loudly", async () => {
    await page.getByRole("link", { name: "Settings" }).click();
    await page.getByRole("navigation", { name: "Settings" }).getByRole("link", { name: "Backups" }).click();
    await heading("Backups").waitFor();
    await page.getByText("Backups go nowhere yet").waitFor();
    await page.getByText("nobody has said where backups go", { exact: false }).waitFor();
    expect(await button("Back up now").isDisabled()).toBe(true);
    await expectAccessible(page, "backups-none");
  });

  test("what is wrong with a place is said before it is asked for", async () => {
    await page.getByLabel("Folder", { exact: true }).fill("backups");
    await page.getByText("The whole path, from the root on").waitFor();
    await page.getByRole("radio", { name: "Amazon S3, or a compatible store" }).check();
    await page.getByLabel("Bucket").fill("backups");
    await page.getByLabel("Address").fill("http://s3.example.org");
    await page.getByText("Plain http is for this machine alone; write https://").waitFor();
    await page.getByLabel("Access key id").fill("AKIA");
    await page.getByText("The secret of this access key").waitFor();
    expect(await button("Save place").isDisabled()).toBe(true);
    await expectAccessible(page, "backups-s3");
    await button("Undo changes").click();
  });

  test("go to a folder", async () => {
    await page.getByLabel("Folder", { exact: true }).fill(store);
    await button("Save place").click();
    await page.getByText("Backups go there from now on.").waitFor();
    await panel("How it stands").getByText(store).waitFor();
    await page.getByText("No backup yet").waitFor();
  });

  test("one is made now, and stands in the list", async () => {
    await button("Back up now").click();
    await panel("1 backup").waitFor({ timeout: 60_000 });
    const row = page.getByRole("table", { name: "Backups" }).getByRole("row").nth(1);
    await row.getByText("no damage known").waitFor();
    await jobs().getByRole("row", { name: /^Backup/ }).getByText("done").waitFor();
    await panel("How it stands").getByText(/just now|s ago/).first().waitFor();
    await expectAccessible(page, "backups");
  });

  test("is restored aside to prove that it can be", async () => {
    await button("Drill a restore").click();
    await jobs().getByRole("row", { name: /^Restore drill/ }).getByText("done").waitFor({ timeout: 60_000 });
    await expect.poll(() => panel("How it stands").getByText("never").count()).toBe(0);
  });

  test("how it is restored in earnest is told as a command", async () => {
    await button("Restore backup 1").click();
    await page.getByRole("dialog", { name: "Restore backup 1" }).getByText("groma backup restore 1 --to DIR").waitFor();
    await expectAccessible(page, "backups-restore");
    await page.keyboard.press("Escape");
  });

  test("the plan is changed, and stays", async () => {
    await page.getByLabel("Backups are made").selectOption("daily");
    await page.getByLabel("After").selectOption("4");
    await page.getByLabel("The last").fill("0");
    await page.getByText("A whole number from 1 to 10000").waitFor();
    expect(await button("Save plan").isDisabled()).toBe(true);
    await page.getByLabel("The last").fill("5");
    await page.getByLabel("Of weeks").fill("8");
    await page.getByLabel("Restore drill every").fill("14");
    await button("Save plan").click();
    await page.getByText("The plan of backups is saved.").waitFor();
    await page.reload();
    await panel("How it stands").getByText("daily after 04:00 UTC").waitFor();
    await panel("How it stands").getByText(/the last 5.*8 weekly/).waitFor();
    expect(await page.getByLabel("Restore drill every").inputValue()).toBe("14");
    expect(JSON.parse(groma("backup", "status", "--output", "json"))).toMatchObject({ drill_days: 14 });
  });

  test("damage is found, and stands out", async () => {
    writeFileSync(largestObject(), "not what it was");
    await button("Verify all…").click();
    await page.getByRole("radio", { name: "Full" }).check();
    await expectAccessible(page, "backups-verify");
    await button("Verify").click();
    await jobs().getByRole("row", { name: /^Verification/ }).getByText("failed").waitFor({ timeout: 60_000 });
    await page.getByText(/needs? attention/).waitFor();
    await page.getByRole("table", { name: "Backups" }).getByText(/damaged|in doubt/).first().waitFor();
    await expectAccessible(page, "backups-damaged");
  });
});

describe("the search model", () => {
  test("says how search finds, and what is wrong when it cannot be installed", async () => {
    await page.getByRole("navigation", { name: "Settings" }).getByRole("link", { name: "Search model" }).click();
    await heading("Search model").waitFor();
    await page.getByText("Not installed.").waitFor();
    await expectAccessible(page, "search-model");
    await page.getByLabel("From").fill(join(store, "nowhere"));
    await page.getByText(`groma model install --from ${join(store, "nowhere")}`).waitFor();
    await button("Install the model").click();
    await page.getByText(/The last installation failed|The installation did not begin/).waitFor({ timeout: 30_000 });
    await expectAccessible(page, "search-model-failed");
  });
});

test("the pages fit a phone", async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  for (const path of ["/settings/backups", "/settings/search"]) {
    await page.goto(path);
    await heading(/Backups|Search model/).waitFor();
    await page.getByRole("region").first().waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  }
});

test("the browser had nothing to complain of", () => {
  expect(heard).toEqual([]);
});
