// Programs that read the stream of events, each in its own way, and go on by themselves when they are cut off.
import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";

import { EventSource } from "eventsource";
import type { Page } from "playwright-core";
import { WebSocket } from "undici";

export interface Reader {
  name: string;
  /** The sequences of all events so far, as they came. */
  ids(): Promise<string[]>;
  stop(): void | Promise<void>;
}

const AGAIN_MS = 200;

/** curl in a loop, as a shell script would have it. */
export function curl(base: string, token: string): Reader {
  const ids: string[] = [];
  let child: ChildProcess | undefined;
  let stopped = false;
  const start = (): void => {
    if (stopped) return;
    const last = ids.at(-1);
    const resume = last === undefined ? [] : ["--header", `Last-Event-ID: ${last}`];
    const words = ["--silent", "--no-buffer", "--header", `Authorization: Bearer ${token}`, ...resume];
    const running = spawn("curl", [...words, `${base}/v1/events?after=oldest`], { stdio: ["ignore", "pipe", "inherit"] });
    child = running;
    const lines = createInterface({ input: running.stdout });
    let id: string | undefined;
    lines.on("line", (line) => {
      if (line.startsWith("id: ")) id = line.slice(4);
      if (line !== "" || id === undefined) return;
      // An event counts once its empty line has come, for what is cut before that comes again.
      ids.push(id);
      id = undefined;
    });
    lines.once("close", () => setTimeout(start, AGAIN_MS));
  };
  start();
  return {
    name: "curl",
    ids: async () => ids,
    stop: () => {
      stopped = true;
      child?.kill();
    },
  };
}

export function eventsource(base: string, token: string): Reader {
  const ids: string[] = [];
  const source = new EventSource(`${base}/v1/events?after=oldest`, {
    fetch: (url, init) => fetch(url, { ...init, headers: { ...init.headers, Authorization: `Bearer ${token}` } }),
  });
  source.onmessage = (event) => {
    if (isEvent(event.data as string)) ids.push(event.lastEventId);
  };
  return { name: "eventsource", ids: async () => ids, stop: () => source.close() };
}

/** The browser's own, in a page that is signed in. */
export async function chromium(page: Page): Promise<Reader> {
  await page.evaluate(() => {
    const ids: string[] = [];
    const source = new window.EventSource("/v1/events?after=oldest");
    source.onmessage = (event) => {
      if ("sequence" in JSON.parse(event.data as string)) ids.push(event.lastEventId);
    };
    Object.assign(window, { ids, source });
  });
  return {
    name: "Chromium",
    ids: () => page.evaluate(() => (window as unknown as { ids: string[] }).ids),
    stop: () => page.evaluate(() => (window as unknown as { source: { close(): void } }).source.close()),
  };
}

export function websocket(base: string, token: string): Reader {
  const ids: string[] = [];
  let socket: WebSocket | undefined;
  let stopped = false;
  const start = (): void => {
    if (stopped) return;
    const open = new WebSocket(`${base.replace("http", "ws")}/v1/events/ws`, { headers: { Authorization: `Bearer ${token}` } });
    const say = (message: object): void => open.send(JSON.stringify(message));
    open.addEventListener("open", () => say({ type: "subscribe", id: "all", after: ids.at(-1) ?? "oldest" }));
    open.addEventListener("message", ({ data }) => {
      const message = JSON.parse(data as string) as { type: string; events?: { sequence?: string }[] };
      if (message.type === "error") throw new Error(data as string);
      for (const { sequence } of message.events ?? []) if (sequence !== undefined) ids.push(sequence);
      const last = ids.at(-1);
      if (message.type === "events" && last !== undefined) say({ type: "ack", id: "all", sequence: last });
    });
    // A failure is followed by a close.
    open.addEventListener("error", () => {});
    open.addEventListener("close", () => setTimeout(start, AGAIN_MS));
    socket = open;
  };
  start();
  return {
    name: "WebSocket",
    ids: async () => ids,
    stop: () => {
      stopped = true;
      socket?.close();
    },
  };
}

export interface Tail extends Reader {
  /** Holds it still, so that it does not take the folder while there is no server. */
  pause(): void;
  goOn(): void;
}

/** `groma events tail`, over the folder's socket. */
export function tail(binary: string, folder: string): Tail {
  const ids: string[] = [];
  const child = spawn(binary, ["events", "tail", "--follow", "--after", "oldest", "--output", "ndjson", "--data-dir", folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  createInterface({ input: child.stdout }).on("line", (line) => {
    const { sequence } = JSON.parse(line) as { sequence?: string };
    if (sequence !== undefined) ids.push(sequence);
  });
  return {
    name: "groma events tail",
    ids: async () => ids,
    stop: () => void child.kill("SIGKILL"),
    pause: () => void child.kill("SIGSTOP"),
    goOn: () => void child.kill("SIGCONT"),
  };
}

/** Control frames carry no position; a browser repeats the one before. */
function isEvent(data: string): boolean {
  return "sequence" in (JSON.parse(data) as object);
}
