// Prints what each built file weighs gzipped, and fails when the first load is over its budget.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const BUDGET_BYTES = 250_000;
const dist = join(import.meta.dirname, "..", "dist");
const weigh = (path) => gzipSync(readFileSync(path), { level: 9 }).length;
const files = readdirSync(join(dist, "assets")).filter((name) => /\.(js|css)$/.test(name));
const html = readFileSync(join(dist, "index.html"), "utf8");

let first = 0;
for (const name of files.sort()) {
  const bytes = weigh(join(dist, "assets", name));
  const needed = html.includes(`/assets/${name}`);
  if (needed && name.endsWith(".js")) first += bytes;
  process.stdout.write(`${needed ? "first" : "later"}  ${String(bytes).padStart(7)} B gz  ${name}\n`);
}
process.stdout.write(`first load: ${first} B of gzipped JavaScript (budget ${BUDGET_BYTES})\n`);
if (first > BUDGET_BYTES) process.exitCode = 1;
