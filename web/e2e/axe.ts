import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { expect } from "vitest";

import { screenshot } from "./browser";

const SOURCE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const THEMES = ["Light", "Dark"] as const;

/** Expects no violation of the page as it stands, in both themes, and keeps a picture of each. */
export async function expectAccessible(page: Page, name: string): Promise<void> {
  for (const theme of THEMES) {
    await page.emulateMedia({ colorScheme: theme === "Light" ? "light" : "dark" });
    await page.locator(`html[data-mantine-color-scheme="${theme.toLowerCase()}"]`).waitFor({ state: "attached" });
    await screenshot(page, `${name}-${theme.toLowerCase()}`);
    await page.evaluate(SOURCE);
    const results = await page.evaluate(() => (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run());
    const found = results.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`);
    expect(found, `${name}, ${theme}`).toEqual([]);
  }
}
