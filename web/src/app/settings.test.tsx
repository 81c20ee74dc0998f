// @vitest-environment jsdom
import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { RequestError } from "../shared/backend/problem";
import { useNotices } from "../shared/ui/notices-store";
import { prepareBrowser, renderPage } from "./testing-page";

type Answer = (parts: { body?: unknown; path?: Record<string, string>; query?: Record<string, unknown> }) => unknown;
const backend = vi.hoisted(() => ({ answers: new Map<string, unknown>(), asked: [] as { what: string; body: unknown }[] }));

vi.mock("../shared/backend/instance", () => ({
  backend: {
    request: async (method: string, path: string, parts: { body?: unknown }) => {
      const what = `${method} ${path}`;
      backend.asked.push({ what, body: parts.body });
      const answer = backend.answers.get(what);
      if (answer === undefined) throw new Error(`the test gives no answer to ${what}`);
      return typeof answer === "function" ? (answer as Answer)(parts) : answer;
    },
    subscribe: () => ({ position: () => undefined, close: () => undefined }),
  },
}));

const AT = "2026-11-21T15:04:05Z";
const WEBHOOK = {
  id: "w1",
  url: "https://example.org/hook?token=abc",
  types: ["groma.network.*"],
  format: "structured",
  allow_private: false,
  state: "active",
  position: "1-1",
  waiting: 0,
  behind: 7,
  delivered: 1200,
  failures: 0,
  secrets: [{ created_at: AT }],
  created_at: AT,
};
const unavailable = () => {
  throw new RequestError({ type: "", title: "", status: 503, detail: "not there yet", message: "", code: "UNAVAILABLE", retryable: true } as never, "GET", "not there yet");
};

function answer(answers: Record<string, unknown>): void {
  for (const [what, given] of Object.entries(answers)) backend.answers.set(what, given);
}
const sent = (what: string): unknown[] => backend.asked.filter((one) => one.what === what).map(({ body }) => body);
const click = (name: string | RegExp): void => void fireEvent.click(screen.getByRole("button", { name }));
const fill = (label: string | RegExp, value: string): void => void fireEvent.change(screen.getByLabelText(label), { target: { value } });

beforeEach(() => {
  prepareBrowser();
  backend.answers.clear();
  backend.asked.length = 0;
  useNotices.setState({ notices: [] });
});
afterEach(cleanup);

describe("tokens", () => {
  test("a new one shows its secret once, and goes with its scopes and days", async () => {
    answer({ "get /v1/tokens": { tokens: [] }, "post /v1/tokens": { secret: "groma_secret", token: {} } });
    renderPage("/settings/tokens?create=true");
    await screen.findByRole("dialog", { name: "New token" });
    fill(/^Name/, " ci ");
    fireEvent.click(screen.getByLabelText("scan"));
    click("Make token");
    const dialog = await screen.findByRole("dialog", { name: "The new token" });
    expect(within(dialog).getByLabelText<HTMLTextAreaElement>("Secret").value).toBe("groma_secret");
    expect(sent("post /v1/tokens")).toEqual([{ name: "ci", scopes: ["read", "scan"], expires_in_seconds: 7_776_000 }]);
    click("I have kept it");
    await waitFor(() => expect(screen.queryByDisplayValue("groma_secret")).toBeNull());
  });

  test("one is revoked after a question", async () => {
    answer({ "get /v1/tokens": { tokens: [{ id: "t1", name: "ci", scopes: ["read"], created_at: AT }] }, "delete /v1/tokens/{id}": null });
    renderPage("/settings/tokens");
    fireEvent.click(await screen.findByRole("button", { name: "Revoke ci" }));
    expect(sent("delete /v1/tokens/{id}")).toEqual([]);
    click("Revoke");
    await screen.findByText("The token ci is revoked.");
    expect(sent("delete /v1/tokens/{id}")).toHaveLength(1);
  });
});

describe("webhooks", () => {
  test("are told to be missing in the server's words, with a way to try again", async () => {
    answer({ "get /v1/webhooks": unavailable });
    renderPage("/settings/webhooks");
    await screen.findByText("The webhooks could not be read");
    expect(screen.getByText("not there yet")).toBeDefined();
    answer({ "get /v1/webhooks": { webhooks: [] } });
    click("Try again");
    await screen.findByText("No webhook yet");
  });

  test("one that rests says why, when it tries again, and how to go on", async () => {
    answer({
      "get /v1/webhooks/{id}": { ...WEBHOOK, state: "resting", failures: 14, reason: "the connection was refused", retry_at: AT },
      "get /v1/webhooks/{id}/deliveries": { deliveries: [] },
      "post /v1/webhooks/{id}": WEBHOOK,
    });
    renderPage("/settings/webhooks/w1");
    await screen.findByText("the connection was refused");
    expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("Webhook to example.org");
    click("Try now");
    await screen.findByText("Deliveries go on from where they stopped.");
    expect(sent("post /v1/webhooks/{id}")).toEqual([{ enabled: true }]);
  });

  test("a test says how it went", async () => {
    const delivery = { message_id: "m1", event_type: "groma.system.webhook_test", kind: "test", attempt: 1, at: AT, duration_ms: 120, outcome: "failed", status: 500, response: "<b>no</b>" };
    answer({ "get /v1/webhooks/{id}": WEBHOOK, "get /v1/webhooks/{id}/deliveries": { deliveries: [] }, "post /v1/webhooks/{id}/test": delivery });
    renderPage("/settings/webhooks/w1");
    await screen.findByText("How it stands");
    click("Send a test");
    await screen.findByText("The receiver answered 500 after 120 ms");
    expect(screen.getByText("<b>no</b>")).toBeDefined();
  });

  test("the log is asked for by outcome, and page by page", async () => {
    const asked: unknown[] = [];
    const page = (number: number) => ({ deliveries: [{ message_id: `m${number}`, event_type: "groma.network.host_discovered", kind: "live", attempt: 1, at: AT, duration_ms: 1, outcome: "delivered", status: 204 }], ...(number === 1 ? { next_cursor: "next" } : {}) });
    answer({
      "get /v1/webhooks/{id}": WEBHOOK,
      "get /v1/webhooks/{id}/deliveries": (({ query }) => {
        asked.push(query);
        return page(query?.["cursor"] ? 2 : 1);
      }) satisfies Answer,
    });
    renderPage("/settings/webhooks/w1?outcome=delivered");
    fireEvent.click(await screen.findByRole("button", { name: "Show older" }));
    await screen.findByText("m2");
    expect(asked).toEqual([{ outcome: "delivered" }, { outcome: "delivered", cursor: "next" }]);
  });
});

describe("keys", () => {
  const STATUS = { slots: [{ id: "s1", kind: "key_file", place: "/etc/groma.key", used: true }], keys: [{ id: 1, messages: 12, current: true }], advice: ["no recovery key: make one with `groma keys recovery`"] };

  test("show who opened the folder, advice, and a recovery key once", async () => {
    answer({ "get /v1/keys": STATUS, "post /v1/keys/recovery": { recovery_key: "ABCD-EFGH", slot: { id: "s2", kind: "recovery", used: false } } });
    renderPage("/settings/keys");
    await screen.findByText("✓ opened it this time");
    expect(screen.getByText("groma keys recovery")).toBeDefined();
    click("Make a recovery key");
    expect(await screen.findByDisplayValue("ABCD-EFGH")).toBeDefined();
    click("I have kept it");
    await waitFor(() => expect(screen.queryByDisplayValue("ABCD-EFGH")).toBeNull());
  });

  test("a passphrase is added when both agree", async () => {
    answer({ "get /v1/keys": STATUS, "post /v1/keys/slots": { id: "s2", kind: "passphrase", used: false } });
    renderPage("/settings/keys");
    fireEvent.click(await screen.findByRole("button", { name: "Add a way to open…" }));
    fill("Passphrase", "correct horse battery");
    fill("Once more", "correct horse");
    expect(screen.getByRole<HTMLButtonElement>("button", { name: "Add" }).disabled).toBe(true);
    fill("Once more", "correct horse battery");
    click("Add");
    await screen.findByText("The data folder now opens by a passphrase too.");
    expect(sent("post /v1/keys/slots")).toEqual([{ kind: "passphrase", passphrase: "correct horse battery" }]);
  });

  test("sealing again shows how far it is", async () => {
    answer({ "get /v1/keys": { ...STATUS, reencryption: { key: 2, state: "running", rows_done: 30, rows_total: 120, rows_damaged: 1, started_at: AT } } });
    renderPage("/settings/keys");
    expect((await screen.findByRole("progressbar", { name: "Sealing again" })).getAttribute("aria-valuenow")).toBe("25");
    expect(screen.getByText("1 did not open and were left as they are.")).toBeDefined();
  });
});

describe("retention", () => {
  test("saves rules in their order, and runs", async () => {
    const retention = { rules: [{ types: "latest", max_age_seconds: 86_400 }], disk_max_bytes: 0, archive: false, archive_folder: "/data/archive", consumer_expiry_seconds: 604_800, events: 5, bytes: 500, disk_bytes: 5000, held_by: [] };
    answer({
      "get /v1/retention": retention,
      "get /v1/consumers": { consumers: [] },
      "post /v1/retention": retention,
      "post /v1/retention/run": { at: AT, events: 3, bytes: 2048, archived_files: 0, forced: 0, duration_ms: 1 },
    });
    renderPage("/settings/retention");
    fireEvent.click(await screen.findByRole("button", { name: "Add a rule" }));
    const rule = within(screen.getByRole("group", { name: "Rule 1" }));
    fireEvent.change(rule.getByLabelText(/^Types/), { target: { value: "kept" } });
    fireEvent.change(rule.getByLabelText("Up to"), { target: { value: "2 GiB" } });
    click("Move rule 1 down");
    fill(/^Ceiling/, "5 GiB");
    click("Save");
    await screen.findByText("The rules are saved; the next run follows them.");
    expect(sent("post /v1/retention")).toEqual([
      { rules: [{ types: "latest", max_age_seconds: 86_400 }, { types: "kept", max_bytes: 2 ** 31 }], disk_max_bytes: 5 * 2 ** 30, archive: false, consumer_expiry_seconds: 604_800 },
    ]);
    click("Run now");
    await screen.findByText("3 events went: 2 KiB.");
  });
});

test("statistics tell each type and the last minute", async () => {
  const figures = { appended: 41, per_second: 4.1, stored: 40, bytes: 4096, merged: 2, dropped: 1 };
  answer({
    "get /v1/statistics/events": { since: AT, as_of: AT, head: "1-1", types: { "groma.network.port_discovered": figures }, last_minute: [...Array.from({ length: 59 }, () => 0), 7], readers: 2, lag_max: 0, merged: 2, gaps: 0, dropped: 1, failed: 0 },
  });
  renderPage("/settings/statistics");
  await screen.findByRole("img", { name: "Events per second over the last minute: 7 now, 7 at most" });
  const row = within(screen.getByRole("row", { name: /network\.port_discovered/ }));
  expect(row.getAllByRole("cell").map((cell) => cell.textContent)).toEqual(["network.port_discovered", "4.1/s", "41", "40", "4 KiB", "2", "1", "–"]);
});

test("the error log shows what the journal holds", async () => {
  const event = { specversion: "1.0", id: "e1", source: "/groma/x", type: "groma.system.error", time: AT, sequence: "1-1", datacontenttype: "application/json", dataschema: "", data: { message: "the disk is full", severity: "critical", context: "database", timestamp: 1 } };
  answer({ "get /v1/events/history": { events: [event], head: "1-1", more: false, gap: false } });
  renderPage("/settings/errors");
  const row = within(await screen.findByRole("row", { name: /the disk is full/ }));
  expect(row.getByText("critical")).toBeDefined();
  expect(row.getByText("database", { exact: false })).toBeDefined();
});
