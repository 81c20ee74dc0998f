import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { describe, expect, test } from "vitest";

import { at, event, port } from "../../shared/testing";
import { COMPONENTS } from "./components";
import { errorOptions, errorsOf, filtered, HELD_MAX } from "./errors-live";
import { rangeOf } from "./replay-range";
import { draftOf, moved, requestOf as retentionRequest } from "./retention-draft";
import { validateErrorsSearch, validateTokensSearch, validateWebhookSearch } from "./search";
import { EMPTY_SLOT, passphraseError, slotRequest } from "./slot-draft";
import type { Retention } from "./types";
import { EMPTY_WEBHOOK, requestOf, updateOf, webhookCommand } from "./webhook-draft";
import { filterOf, hostOf } from "./webhook-words";

describe("a webhook's form", () => {
  const draft = { ...EMPTY_WEBHOOK, url: " https://example.org/hook ", types: "groma.network.*,  groma.system.error", binary: true };
  test("asks for what is filled in", () =>
    expect(requestOf(draft, true)).toEqual({ url: "https://example.org/hook", types: ["groma.network.*", "groma.system.error"], format: "binary", allow_private: false, after: "oldest" }));
  test("lifts filters by empty texts when it changes one", () => expect(updateOf({ ...EMPTY_WEBHOOK, url: "https://x" })).toMatchObject({ types: [], subject: "", description: "" }));
  test("shows the command that does the same", () =>
    expect(webhookCommand({ ...draft, description: "it's mine", allowPrivate: true }, false)).toBe(
      "groma webhooks create https://example.org/hook --types 'groma.network.*,groma.system.error' --description 'it'\\''s mine' --binary --allow-private",
    ));
  test("says what it wants, and where it goes without its secrets", () => {
    expect(filterOf({ types: [], subject: "scan/x" })).toBe("every event about scan/x");
    expect(hostOf("https://example.org:8443/hook?token=abc")).toBe("example.org:8443");
  });
});

describe("a range to replay", () => {
  const none = { from: "since", since: "", after: "", through: "" } as const;
  test("waits for what it begins with", () => {
    expect(rangeOf(none)).toBeNull();
    expect(rangeOf({ ...none, from: "after" })).toBeNull();
    expect(rangeOf({ ...none, from: "oldest" })).toEqual({ after: "oldest" });
  });
  test("is told in the world's time", () => {
    expect(rangeOf({ ...none, since: "2026-11-21T15:00:00", through: ` ${at(9)} ` })).toEqual({ since: new Date("2026-11-21T15:00:00").toISOString(), through: at(9) });
  });
});

describe("a slot's form", () => {
  test.each([
    [{ kind: "passphrase", passphrase: "correct horse battery", again: "correct horse battery" }, { kind: "passphrase", passphrase: "correct horse battery" }],
    [{ kind: "passphrase", passphrase: "correct horse battery", again: "correct horse" }, null],
    [{ kind: "passphrase", passphrase: "short", again: "short" }, null],
    [{ kind: "key_file", path: " /mnt/usb/groma.key " }, { kind: "key_file", path: "/mnt/usb/groma.key" }],
    [{ kind: "key_file" }, null],
    [{ kind: "keychain" }, { kind: "keychain" }],
    [{ kind: "systemd_credential" }, { kind: "systemd_credential", name: "groma" }],
  ] as const)("%o asks for %o", (part, request) => expect(slotRequest({ ...EMPTY_SLOT, ...part })).toEqual(request));
  test("says what is wrong with a passphrase while it is written", () => {
    expect(passphraseError({ ...EMPTY_SLOT, passphrase: "abc" })).toBe("At least 12 characters; this has 3");
    expect(passphraseError({ ...EMPTY_SLOT, passphrase: "twelve chars!", again: "other" })).toBe("The two differ");
  });
});

describe("the retention form", () => {
  const retention: Retention = {
    rules: [{ types: "latest", max_age_seconds: 86_400 }, { types: "groma.custom.*", max_bytes: 1500 }],
    disk_max_bytes: 0,
    archive: true,
    archive_folder: "archive",
    consumer_expiry_seconds: 604_800,
    events: 0,
    bytes: 0,
    disk_bytes: 0,
    held_by: [],
  };
  test("asks for what it was given when nothing is changed", () =>
    expect(retentionRequest(draftOf(retention))).toEqual({ rules: retention.rules, disk_max_bytes: 0, archive: true, consumer_expiry_seconds: 604_800 }));
  test.each([
    { types: " " },
    { age: "soon" },
    { age: "10 s" },
    { size: "much" },
  ])("asks for nothing while a rule is wrong: %o", (part) => {
    const draft = draftOf(retention);
    expect(retentionRequest({ ...draft, rules: draft.rules.map((rule) => ({ ...rule, ...part })) })).toBeNull();
  });
  test("a rule moves within the list alone", () => {
    const { rules } = draftOf(retention);
    expect(moved(rules, 0, 1).map(({ types }) => types)).toEqual(["groma.custom.*", "latest"]);
    expect(moved(rules, 0, -1)).toBe(rules);
  });
});

describe("the error log", () => {
  const system = (number: number, severity: "info" | "warning" | "error" | "critical", message = "it broke") => event(number, "groma.system.error", { message, severity, context: "database", timestamp: 1 });
  test("tells the newest first, and nothing else", () => expect(errorsOf([system(1, "info"), port(2), system(3, "error")]).map(({ key }) => key)).toEqual([at(3), at(1)]));
  test("is filtered by severity and text", () => {
    const errors = errorsOf([system(1, "info"), system(2, "critical", "the disk is full"), system(3, "error")]);
    expect(filtered(errors, "error", "").map(({ key }) => key)).toEqual([at(3), at(2)]);
    expect(filtered(errors, "info", " DISK ").map(({ key }) => key)).toEqual([at(2)]);
    expect(filtered(errors, "info", "database")).toHaveLength(3);
  });
  test("grows on top, up to a bound", () => {
    const state = { errors: errorsOf([system(1, "info")]), more: false, sequence: at(1) };
    const many = Array.from({ length: HELD_MAX + 1 }, (_, index) => system(index + 2, "error"));
    const after = errorOptions().apply(state, many);
    expect(after.errors).toHaveLength(HELD_MAX);
    expect(after.errors[0]?.key).toBe(at(HELD_MAX + 2));
    expect(after.sequence).toBe(at(HELD_MAX + 2));
  });
});

test("addresses of pages are read with sense", () => {
  expect([validateTokensSearch({ create: "yes" }), validateTokensSearch({ create: true })]).toEqual([{}, { create: true }]);
  expect([validateWebhookSearch({ outcome: "lost" }), validateWebhookSearch({ outcome: "given_up" })]).toEqual([{}, { outcome: "given_up" }]);
  expect(validateErrorsSearch({ severity: "bad", find: 22 })).toEqual({ find: "22" });
});

test("the list of components is what the page is built from, with the licences they tell", () => {
  const load = createRequire(import.meta.url);
  const read = (path: string) => JSON.parse(readFileSync(path, "utf8")) as { dependencies?: Record<string, string>; license?: string };
  const root = load.resolve("../../../package.json");
  expect(COMPONENTS.map(({ name }) => name)).toEqual(Object.keys(read(root).dependencies ?? {}).toSorted());
  const told = COMPONENTS.map(({ name }) => ({ name, licence: read(root.replace("package.json", `node_modules/${name}/package.json`)).license }));
  expect(told).toEqual(COMPONENTS);
});
