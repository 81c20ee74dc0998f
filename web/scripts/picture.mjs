// Takes docs/images/scan.png: the page of a running scan of the lab. Run it as the lab's scanner:
//   labs/network up && labs/network exec env GROMA_BIN=… node web/scripts/picture.mjs; labs/network down
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { chromium } from "playwright-core";

const folder = mkdtempSync(join(tmpdir(), "groma-picture-"));
const server = spawn(
  process.env.GROMA_BIN ?? "groma",
  ["serve", "--listen", "127.0.0.1:0", "--data-dir", join(folder, "data"), "--key-file", join(folder, "key")],
  { stdio: ["ignore", "pipe", "inherit"] },
);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_BIN ?? "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
try {
  const link = await new Promise((found) => {
    createInterface({ input: server.stdout }).on("line", (line) => line.startsWith("sign in: ") && found(line.slice(9)));
  });
  const page = await browser.newPage({ viewport: { width: 1360, height: 860 } });
  await page.goto(link);
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  await page.goto(`${new URL(link).origin}/scans/new`);
  await page.getByLabel("Targets").fill("10.90.1.0/24 10.90.0.10");
  await page.getByLabel("Ports", { exact: true }).fill("1-1024,3306,5900,8080");
  await page.getByRole("button", { name: /advanced/i }).click().catch(() => undefined);
  await page.getByLabel(/probes per second|max rate/i).first().fill("30000").catch(() => undefined);
  await page.getByRole("button", { name: /start/i }).click();
  await page.getByText(/[3-9]\d\.\d %/).waitFor({ timeout: 60_000 });
  await page.screenshot({ path: new URL("../../docs/images/scan.png", import.meta.url).pathname });
} finally {
  await browser.close();
  server.kill("SIGINT");
  await new Promise((ended) => server.once("exit", ended));
  rmSync(folder, { recursive: true });
}
