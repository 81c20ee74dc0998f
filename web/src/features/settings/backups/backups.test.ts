import { describe, expect, test } from "vitest";

import { modelCommand, modelMoves, modelPercent } from "../model-words";
import { jobLeftMs, jobName, jobPercent, phaseWords } from "./job-words";
import { countError, everyError, planDraft, planRequest, retentionWords, scheduleWords } from "./plan-draft";
import { endpointError, keptKey, pathError, secretMissing, targetDraft, targetOf, targetWords } from "./target-draft";

describe("where backups go", () => {
  const empty = targetDraft(null);
  test("a folder is told by its whole path", () => {
    expect([targetOf(empty), targetOf({ ...empty, path: "backup" }), targetOf({ ...empty, path: " /mnt/b " })]).toEqual([null, null, { kind: "local", path: "/mnt/b" }]);
    expect([pathError(""), pathError("/x"), pathError("C:\\x"), pathError("x")]).toEqual([null, null, null, "The whole path, from the root on"]);
  });
  test("a bucket with the machine's own rights needs no secret; a key needs its own", () => {
    const s3 = { ...empty, kind: "s3" as const, bucket: "backups" };
    expect(targetOf(s3)).toEqual({ kind: "s3", bucket: "backups" });
    expect([secretMissing({ ...s3, accessKeyId: "AKIA" }, undefined), targetOf({ ...s3, accessKeyId: "AKIA" })]).toEqual([true, null]);
    expect(targetOf({ ...s3, accessKeyId: "AKIA" }, keptKey({ kind: "s3", bucket: "old", access_key_id: "AKIA" }))).toEqual({ kind: "s3", bucket: "backups", access_key_id: "AKIA" });
    expect(targetOf({ ...s3, accessKeyId: "AKIA", secret: " s3cret ", prefix: "groma", endpoint: "http://127.0.0.1:5000" })).toEqual({
      kind: "s3",
      bucket: "backups",
      prefix: "groma",
      endpoint: "http://127.0.0.1:5000",
      access_key_id: "AKIA",
      secret_access_key: " s3cret ",
    });
    expect(targetOf({ ...s3, secret: "of nobody" })).toBeNull();
  });
  test.each([
    ["https://s3.example.org", null],
    ["http://localhost:9000", null],
    ["http://s3.example.org", "Plain http is for this machine alone; write https://"],
    ["s3.example.org", "An address such as https://s3.example.org"],
    ["ftp://x", "An address such as https://s3.example.org"],
  ])("the address %s: %s", (endpoint, error) => expect(endpointError(endpoint)).toBe(error));
  test("the form of what stands has no secret", () => {
    const draft = targetDraft({ kind: "s3", bucket: "b", access_key_id: "AKIA" });
    expect([draft.secret, targetWords({ kind: "s3", bucket: "b", prefix: "p" }), targetWords(null)]).toEqual(["", "s3://b/p", "nowhere yet"]);
  });
});

describe("the plan", () => {
  const settings = { schedule: { kind: "every", seconds: 21_600 }, retention: { keep_last: 7, daily: 14, weekly: 0, monthly: 12 }, drill_days: 7 } as const;
  test("asks for what it was given when nothing is changed", () => expect(planRequest(planDraft(settings))).toEqual({ schedule: settings.schedule, retention: settings.retention, drill_days: 7 }));
  test.each([{ every: "10 min" }, { every: "soon" }, { keepLast: "0" }, { daily: "-1" }, { weekly: "" }, { drillDays: "many" }])("asks for nothing while something is wrong: %o", (part) => expect(planRequest({ ...planDraft(settings), ...part })).toBeNull());
  test("what is not shown does not matter", () => {
    const draft = { ...planDraft(settings), every: "nonsense" };
    expect([planRequest({ ...draft, schedule: "off" })?.schedule, planRequest({ ...draft, schedule: "daily", hour: "4" })?.schedule]).toEqual([{ kind: "off" }, { kind: "daily", hour: 4 }]);
  });
  test("says what is wrong", () => expect([everyError("10 min"), everyError("x"), countError("0", 1), countError("1", 1)]).toEqual(["At least 15 min", "Write it as 6 h, 1 d, 30 min", "A whole number from 1 to 10000", null]));
  test("is told in words", () => {
    expect([scheduleWords({ kind: "off" }), scheduleWords({ kind: "every", seconds: 3600 }), scheduleWords({ kind: "daily", hour: 3 })]).toEqual(["not by themselves", "every 1 h", "daily after 03:00 UTC"]);
    expect(retentionWords(settings.retention)).toBe("the last 7, 14 daily, 12 monthly");
  });
});

describe("a job", () => {
  const job = { kind: "create", phase: "upload", bytes: 100, bytes_total: 400, bytes_per_second: 50, started_at: "" };
  test("tells how far it is and how long it takes", () => expect([jobPercent(job), jobLeftMs(job)]).toEqual([25, 6000]));
  test("says nothing of what is not known", () => {
    expect([jobPercent({ bytes: 5 }), jobLeftMs({ ...job, bytes_total: null }), jobLeftMs({ ...job, bytes_per_second: 0 })]).toEqual([null, null, null]);
  });
  test("has a name, also one that is new", () => expect([jobName("drill"), jobName("other"), phaseWords("compare"), phaseWords("some_thing")]).toEqual(["Restore drill", "other", "comparing what was written", "some thing"]));
});

describe("the model", () => {
  test("is asked for often while something moves", () => expect([modelMoves({ state: "installing", queued: 0 }), modelMoves({ state: "installed", queued: 3 }), modelMoves({ state: "absent", queued: 9 })]).toEqual([true, true, false]));
  test("tells how far it is", () => expect([modelPercent(null), modelPercent({ phase: "fetching", bytes: 1 }), modelPercent({ phase: "fetching", bytes: 1, bytes_total: 4 })]).toEqual([null, null, 25]));
  test("has its command", () => expect([modelCommand(" "), modelCommand("/tmp/a b")]).toEqual(["groma model install", "groma model install --from '/tmp/a b'"]));
});
