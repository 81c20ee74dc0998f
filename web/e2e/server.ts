// Starts the real binary on a folder of its own, and stops it by its process.
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

export interface Server {
  /** Without a slash at the end. */
  base: string;
  /** Signs in once. */
  signInLink: string;
  /** Its data folder. */
  folder: string;
  stop(): Promise<void>;
  /** Ends the process as a crash would, or in order. */
  kill(signal?: "SIGKILL" | "SIGTERM"): Promise<void>;
  /** Starts it again at the same address, on the same folder. */
  restart(): Promise<void>;
}

const START_MS = 30_000;
const STOP_MS = 10_000;

/** The program under test. */
export function binary(): string {
  const path = process.env["GROMA_BIN"];
  if (path === undefined) throw new Error("set GROMA_BIN to the groma binary to test, such as target/debug/groma");
  return path;
}

/** Starts a server; `settings` are further variables of its environment. */
export async function startServer(settings: Record<string, string> = {}): Promise<Server> {
  const program = binary();
  const folder = mkdtempSync(join(tmpdir(), "groma-e2e-"));
  const start = (listen: string): ChildProcess =>
    spawn(program, ["serve", "--listen", listen, "--data-dir", folder], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, NO_COLOR: "1", ...settings },
    });
  let child = start("127.0.0.1:0");
  const stop = async (): Promise<void> => {
    await end(child, "SIGTERM");
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const { base, signInLink } = await readAddresses(child);
    const restart = async (): Promise<void> => {
      child = start(new URL(base).host);
      await readAddresses(child);
    };
    return { base, signInLink, folder, stop, kill: (signal = "SIGKILL") => end(child, signal), restart };
  } catch (error) {
    await stop();
    throw error;
  }
}

function readAddresses(child: ChildProcess): Promise<{ base: string; signInLink: string }> {
  return new Promise((resolve, reject) => {
    const { stdout } = child;
    if (stdout === null) return reject(new Error("the server's output is not piped"));
    const timer = setTimeout(() => reject(new Error("the server did not say where it listens")), START_MS);
    let base: string | undefined;
    const lines = createInterface({ input: stdout });
    lines.on("line", (line) => {
      base ??= /listening on (http:\/\/\S+)/.exec(line)?.[1]?.replace(/\/$/, "");
      const signInLink = /sign in: (http:\/\/\S+)/.exec(line)?.[1];
      if (base === undefined || signInLink === undefined) return;
      clearTimeout(timer);
      resolve({ base, signInLink });
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the server ended with ${code} before it listened`)));
  });
}

async function end(child: ChildProcess, signal: "SIGTERM" | "SIGKILL"): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill(signal);
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
  await ended;
  clearTimeout(timer);
}
