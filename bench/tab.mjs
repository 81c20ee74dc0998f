// A tab of the real page in Chromium, and what arrives in it each second: one line of JSON on stdout, after `ready`.
// Arguments: the page's sign-in link, the type of the events to count, how many will come, seconds to wait at most.
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(import.meta.dirname, "../web/package.json"));
const { chromium } = require("playwright-core");

const [link, type, expected, seconds] = process.argv.slice(2);
const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM_BIN ?? "/usr/bin/chromium", args: flags });
const page = await (await browser.newContext({ viewport: { width: 1360, height: 860 } })).newPage();

// Runs in the page, before anything of it: counts what its WebSocket is given, by the name of the stream.
function count(wanted) {
  const seen = { streams: {}, subscribed: 0, arrivals: [], frames: [], silence: 0, longestFrame: 0 };
  let heard, painted;
  const Native = window.WebSocket;
  window.WebSocket = class extends Native {
    constructor(...words) {
      super(...words);
      this.addEventListener("message", ({ data }) => {
        if (data.startsWith('{"type":"subscribed"')) seen.subscribed += 1;
        if (!data.startsWith('{"type":"events"')) return;
        const id = data.slice(22, data.indexOf('"', 22));
        let events = 0;
        for (let at = data.indexOf(wanted); at >= 0; at = data.indexOf(wanted, at + wanted.length)) events += 1;
        if (events === 0) return;
        const now = performance.now();
        if (heard !== undefined) seen.silence = Math.max(seen.silence, now - heard);
        heard = now;
        seen.streams[id] = (seen.streams[id] ?? 0) + events;
        seen.arrivals.push([id, now, events]);
      });
    }
  };
  const paint = (now) => {
    if (heard !== undefined) {
      if (painted !== undefined) seen.longestFrame = Math.max(seen.longestFrame, now - painted);
      painted = now;
      seen.frames.push(now);
    }
    requestAnimationFrame(paint);
  };
  requestAnimationFrame(paint);
  window.seen = seen;
}

try {
  await page.addInitScript(count, `"type":"${type}"`);
  await page.goto(link);
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
  await page.goto(new URL("/events", link).href);
  await page.getByRole("heading", { level: 1, name: "Events" }).waitFor();
  await page.waitForFunction(() => window.seen.subscribed > 0);
  console.log("ready");
  const most = () => Math.max(0, ...Object.values(window.seen.streams));
  // Looks seldom: looking takes the page's own time.
  for (let left = Number(seconds); left > 0 && (await page.evaluate(most)) < Number(expected); left -= 1) await page.waitForTimeout(1000);
  const figures = await page.evaluate(() => {
    const { streams, arrivals, frames, silence, longestFrame } = window.seen;
    const [id] = Object.entries(streams).sort(([, a], [, b]) => b - a)[0] ?? [];
    const mine = arrivals.filter(([stream]) => stream === id);
    const [begun, end] = [mine[0]?.[1] ?? 0, mine.at(-1)?.[1] ?? 0];
    // Only seconds that lie whole within the time: the last one is a part.
    const perSecond = (moments, weigh) => {
      const counts = new Array(Math.floor((end - begun) / 1000)).fill(0);
      for (const moment of moments) {
        const at = Math.floor(((moment[1] ?? moment) - begun) / 1000);
        if (at >= 0 && at < counts.length) counts[at] += weigh(moment);
      }
      return counts;
    };
    return { events: streams[id] ?? 0, arrivals: perSecond(mine, ([, , events]) => events), frames: perSecond(frames, () => 1), silence, longestFrame };
  });
  console.log(JSON.stringify(figures));
} finally {
  await browser.close();
}
