import { describe, expect, test } from "vitest";

import { at } from "../../shared/testing";
import { draftOf, lacks, requestOf } from "./draft";
import { applyToState } from "./execution-live";
import { activeFirst } from "./list-live";
import { queryOf, validateDetailSearch, validateListSearch, validateNewSearch } from "./search";
import { teardownReport } from "./teardown";
import { execution, EXECUTION, told } from "./testing";

describe("an execution", () => {
  const state = { execution: execution({ status: "pending", started_at: null }), progress: null, sequence: at(1) };
  const started = told(2, "groma.execution.started", { executionId: EXECUTION, startedAt: "2026-11-21T15:04:06Z" });
  const failed = told(5, "groma.execution.failed", { executionId: EXECUTION, status: "failed", exitCode: 3, startedAt: "2026-11-21T15:04:06Z", completedAt: "2026-11-21T15:04:09Z", durationMs: 3000 });

  test("starts, writes, tells its progress and ends", () => {
    const after = applyToState(state, [
      started,
      told(3, "groma.execution.output_advanced", { executionId: EXECUTION, firstLine: 1, lastLine: 40, bytes: 900 }),
      told(4, "groma.execution.progress", { executionId: EXECUTION, completed: 4, total: 10, percentComplete: 40, currentStep: "copying 40 %" }),
    ]);
    expect(after).toMatchObject({ execution: { status: "running", lines: 40, bytes: 900 }, progress: { percent: 40, doing: "copying 40 %" } });
    expect(applyToState(after, [failed]).execution).toMatchObject({ status: "failed", exit_code: 3, completed_at: "2026-11-21T15:04:09Z" });
  });

  test("is the same when told twice, and when told late", () => {
    const ended = applyToState(state, [started, failed]);
    expect(applyToState(ended, [started, failed]).execution).toEqual(ended.execution);
    expect(applyToState(ended, [told(6, "groma.execution.output_advanced", { executionId: EXECUTION, lastLine: 0, bytes: 0 })]).execution).toEqual(ended.execution);
  });

  test("what is told of others changes nothing", () => {
    const other = told(2, "groma.execution.started", { executionId: "another", startedAt: "2026-11-21T15:04:06Z" });
    expect(applyToState(state, [other]).execution).toBe(state.execution);
  });
});

test("what runs or waits stands on top, each part as it came", () => {
  const list = (["completed", "running", "failed", "pending"] as const).map((status) => ({ status }));
  expect(activeFirst(list).map(({ status }) => status)).toEqual(["running", "pending", "completed", "failed"]);
});

describe("the teardown in words", () => {
  const clean = { mechanism: "process_group", forced: false, swept: 0, survivors: [], pipes_held: false } as const;

  test("says that nothing is left", () => {
    const report = teardownReport({ ...clean, survivors: [] });
    expect(report).toMatchObject({ clean: true, title: "Nothing of it is left" });
    expect(report.lines.at(-1)).toContain("process group");
  });

  test("names what lives on, and what was needed", () => {
    const report = teardownReport({ ...clean, mechanism: "cgroup", forced: true, swept: 2, survivors: [{ pid: 77, name: "sleep" }], pipes_held: true });
    expect(report.title).toBe("1 process of it lives on");
    expect(report.lines.join(" ")).toMatch(/Process 77 \(sleep\).*forced.*2 processes outlived.*held its output open.*control group/);
  });
});

describe("what is asked for", () => {
  test("is nothing until something is to run", () => {
    expect(lacks(draftOf({}))).toBe("Say what is to run.");
    expect(lacks({ ...draftOf({ form: "aws_cli" }), service: "ec2" })).toBe("Name a service and an operation.");
    expect(lacks({ ...draftOf({ run: "ls" }), timeout: "soon" })).toContain("no time");
    expect(lacks({ ...draftOf({ run: "ls" }), timeout: "30 s" })).toBeNull();
  });

  test("has only what was filled in", () => {
    expect(requestOf(draftOf({ run: "df -h" }))).toEqual({ command: { type: "shell", command: "df -h" } });
    expect(requestOf({ ...draftOf({ form: "exec", run: " ls ", dir: "/tmp" }), args: "-l\na b\n", timeout: "2 min" })).toEqual({
      command: { type: "exec", program: "ls", args: ["-l", "a b"] },
      working_dir: "/tmp",
      timeout_ms: 120_000,
    });
    expect(requestOf({ ...draftOf({ form: "script", run: "print(1)" }), interpreter: "python" }).command).toEqual({ type: "script", content: "print(1)", interpreter: "python" });
  });
});

describe("addresses of the pages", () => {
  test("only what is known is taken from them", () => {
    expect(validateListSearch({ show: "failed" })).toEqual({ show: "failed" });
    expect(validateListSearch({ show: "dancing" })).toEqual({});
    expect(validateDetailSearch({ line: "123", stream: "stderr", find: 7, step: "a", other: 1 })).toEqual({ line: 123, stream: "stderr", find: "7", step: "a" });
    expect(validateDetailSearch({ line: -1, stream: "both" })).toEqual({});
    expect(validateNewSearch({ form: "exec", run: "ls" })).toEqual({ form: "exec", run: "ls" });
    expect([queryOf(undefined), queryOf("active"), queryOf("lost")]).toEqual([{}, { active: true }, { status: "lost" }]);
  });
});
