// Makers for tests: executions, plans, and a log that answers as the server does.
import type { Envelope, EventData, Execution, LogLine, LogPage, PlanRun, StepResult } from "../../api/types";
import { event } from "../../shared/testing";
import type { LogQuery, ReadLog } from "./log/source";

export const EXECUTION = "0199bbbb-0000-7000-8000-000000000001";
export const PLAN = "0199cccc-0000-7000-8000-000000000001";
const TIME = "2026-11-21T15:04:05.000000Z";

export function execution(part: Partial<Execution> = {}): Execution {
  return {
    id: EXECUTION,
    status: "running",
    command: "./deploy.sh",
    origin: "command",
    principal: "local",
    created_at: TIME,
    started_at: TIME,
    lines: 0,
    bytes: 0,
    log: true,
    request: { command: { type: "exec", program: "./deploy.sh" } },
    result: {
      id: EXECUTION,
      status: "running",
      exit_code: null,
      signal: null,
      stdout: "",
      stderr: "",
      duration: "0s",
      started_at: TIME,
      completed_at: null,
      log_path: null,
      truncated: false,
      teardown: null,
      attempts: 1,
      lines: 0,
      bytes: 0,
    },
    ...part,
  };
}

export function told<T extends keyof EventData>(number: number, type: T, data: Partial<EventData[T]>, id = EXECUTION): Envelope {
  return event(number, type, data, `execution/${id}`);
}

export function step(id: string, status: StepResult["status"] = "pending", part: Partial<StepResult> = {}): StepResult {
  return { id, execution_id: `${EXECUTION}-${id}`, status, ...part };
}

export function plan(steps: readonly StepResult[], part: Partial<PlanRun> = {}): PlanRun {
  return {
    id: PLAN,
    status: "running",
    origin: "command",
    principal: "local",
    created_at: TIME,
    steps: steps.length,
    steps_completed: 0,
    steps_failed: 0,
    plan: { steps: steps.map(({ id }) => ({ id, request: { command: { type: "shell", command: id } } })) },
    result: { id: PLAN, status: "running", started_at: TIME, completed_at: null, steps: [...steps] },
    ...part,
  };
}

export interface FakeLog {
  read: ReadLog;
  asked: LogQuery[];
  last: number;
}

/** A log of so many lines; every tenth is on standard error, those of the gap are missing, an answer has at most so many lines. */
export function fakeLog(last: number, options: { gap?: readonly [number, number]; answerMax?: number } = {}): FakeLog {
  const log: FakeLog = {
    last,
    asked: [],
    read: (query) => {
      log.asked.push(query);
      return Promise.resolve(answer(log.last, query, options));
    },
  };
  return log;
}

function answer(last: number, query: LogQuery, { gap = [0, -1], answerMax = 10_000 }: { gap?: readonly [number, number]; answerMax?: number }): LogPage {
  const { stream, contains, limit = 1000 } = query;
  const fits = (number: number): boolean => (stream === undefined || stream === streamOf(number)) && (contains === undefined || textOf(number).includes(contains));
  const lines: LogLine[] = [];
  let next = query.from_line ?? 1;
  if (query.tail !== undefined) {
    let left = query.tail;
    for (next = last + 1; next > 1 && left > 0; next -= 1) if (fits(next - 1)) left -= 1;
  }
  const begin = next;
  for (; next <= last && lines.length < Math.min(limit, answerMax); next += 1) {
    if (next >= gap[0] && next <= gap[1]) next = gap[1] + 1;
    if (next <= last && fits(next)) lines.push({ executionId: EXECUTION, stream: streamOf(next), line: textOf(next), lineNumber: next, timestamp: TIME });
  }
  const met = gap[0] < next && gap[1] >= begin && gap[1] > 0;
  return { lines, next_line: next, last_line: last, ended: false, ...(met ? { gaps: [{ first_line: gap[0], last_line: gap[1], reason: "the log was at its limit" }] } : {}) };
}

function streamOf(number: number): LogLine["stream"] {
  return number % 10 === 0 ? "stderr" : "stdout";
}

function textOf(number: number): string {
  return `line ${number}`;
}

/** Waits until everything that was begun is done. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 60; turn += 1) await Promise.resolve();
}
