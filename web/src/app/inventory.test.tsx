// @vitest-environment jsdom
import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { RequestError } from "../shared/backend/problem";
import { useNotices } from "../shared/ui/notices-store";
import { prepareBrowser, renderPage } from "./testing-page";

interface Parts {
  body?: unknown;
  path?: Record<string, string>;
  query?: Record<string, unknown>;
}
const backend = vi.hoisted(() => ({ answers: new Map<string, unknown>(), asked: [] as { what: string; parts: Parts }[] }));

vi.mock("../shared/backend/instance", () => ({
  backend: {
    request: async (method: string, path: string, parts: Parts) => {
      const what = `${method} ${path}`;
      backend.asked.push({ what, parts });
      const answer = backend.answers.get(what);
      if (answer === undefined) throw new Error(`the test gives no answer to ${what}`);
      return typeof answer === "function" ? (answer as (parts: Parts) => unknown)(parts) : answer;
    },
    subscribe: () => ({ position: () => undefined, close: () => undefined }),
  },
}));

const NOW = Date.now();
const AT = new Date(NOW - 120_000).toISOString();
const OLD = "2026-01-01T00:00:00Z";
const thing = (id: string, part: Record<string, unknown> = {}) => ({ id, name: `thing ${id}`, kind: "network.host", state: "up", scope: { subnet: "10.1.0.0/24" }, identifiers: ["10.1.0.7"], tags: {}, attributes: {}, first_seen: OLD, last_seen: AT, last_changed: AT, ...part });
const FACETS = { kind: [{ value: "network.host", count: 2 }, { value: "network.service", count: 5 }], state: [{ value: "up", count: 2 }], account: [], region: [], connection: [], subnet: [], tags: { env: [{ value: "prod", count: 1 }] } };
const list = (...resources: unknown[]) => ({ resources, total: resources.length, facets: FACETS, sequence: "1-1", as_of: AT });
const found = (hits: unknown[], part: Record<string, unknown> = {}) => ({ hits, meaning: "model", searched: 2, embedded: 2, took_ms: 1.5, ...part });

function answer(answers: Record<string, unknown>): void {
  for (const [what, given] of Object.entries(answers)) backend.answers.set(what, given);
}
const queries = (what: string) => backend.asked.filter((one) => one.what === what).map(({ parts }) => parts.query);
const sent = (what: string) => backend.asked.filter((one) => one.what === what).map(({ parts }) => parts.body);
const click = (name: string | RegExp): void => void fireEvent.click(screen.getByRole("button", { name }));

beforeEach(() => {
  prepareBrowser();
  // What is in view is worked out from heights, of which jsdom knows none.
  vi.spyOn(Element.prototype, "clientHeight", "get").mockReturnValue(600);
  vi.spyOn(Element.prototype, "clientWidth", "get").mockReturnValue(800);
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe = (): void => undefined;
      unobserve = (): void => undefined;
      disconnect = (): void => undefined;
    },
  );
  Element.prototype.scrollIntoView = () => undefined;
  backend.answers.clear();
  backend.asked.length = 0;
  useNotices.setState({ notices: [] });
  localStorage.clear();
});
afterEach(cleanup);

describe("the inventory", () => {
  test("that is empty says what would be here and how to fill it", async () => {
    answer({ "get /v1/resources": { ...list(), facets: { ...FACETS, kind: [], state: [], tags: {} } } });
    renderPage("/inventory");
    await screen.findByText("Nothing is known yet");
    expect(screen.getByText("groma scan network 10.1.0.0/24")).toBeDefined();
  });

  test("filters are chips to be taken away, and go to the server", async () => {
    answer({ "get /v1/resources": list(thing("a")) });
    renderPage("/inventory?type=network.host&state=up");
    fireEvent.click(await screen.findByRole("checkbox", { name: "Service 5" }));
    await screen.findByRole("button", { name: "Remove the filter Kind: Service" });
    await waitFor(() => expect(queries("get /v1/resources").at(-1)).toMatchObject({ type: "network.host,network.service", state: "up", facets: true }));
    click("Remove the filter State: up");
    await waitFor(() => expect(queries("get /v1/resources").at(-1)?.["state"]).toBeUndefined());
  });

  test("a column sorts, and the arrows and Enter open a row", async () => {
    answer({ "get /v1/resources": list(thing("a"), thing("b")), "get /v1/events/history": { head: "1-1", events: [] }, "get /v1/resources/{id}": thing("b") });
    renderPage("/inventory");
    fireEvent.click(await screen.findByRole("button", { name: "Name" }));
    await waitFor(() => expect(queries("get /v1/resources").at(-1)).toMatchObject({ sort: "name", order: "asc" }));
    await screen.findByText("thing b");
    const grid = screen.getByRole("grid", { name: "Things" });
    fireEvent.keyDown(grid, { key: "ArrowDown" });
    fireEvent.keyDown(grid, { key: "ArrowDown" });
    expect(within(screen.getByRole("row", { selected: true })).getByText("thing b")).toBeDefined();
    fireEvent.keyDown(grid, { key: "Enter" });
    await screen.findByRole("heading", { level: 1, name: "thing b" });
  });

  test("a search tells why, what was taken for what, and that the model is missing; the filters stay", async () => {
    answer({
      "get /v1/resources": list(thing("a")),
      "get /v1/search": found([{ resource: thing("a", { name: "orders-database" }), why: [{ by: "words", terms: ["database"] }, { by: "meaning" }] }], { meaning: "lexical", corrections: [{ typed: "databse", taken_for: "database" }] }),
    });
    renderPage("/inventory?state=up");
    fireEvent.change(await screen.findByLabelText("Search things"), { target: { value: "databse" } });
    const row = within(await screen.findByRole("row", { name: /has the word/ }));
    expect(row.getByText("is near in spelling", { exact: false })).toBeDefined();
    expect(row.getAllByText("database").every(({ tagName }) => tagName === "MARK")).toBe(true);
    expect(screen.getByText("the language model is not installed", { exact: false })).toBeDefined();
    expect(screen.getByText("databse").tagName).toBe("S");
    expect(queries("get /v1/search").at(-1)).toMatchObject({ q: "databse", state: "up" });
  });

  test("Enter opens the first hit of the words that were typed, not of those before", async () => {
    answer({
      "get /v1/resources": list(thing("a")),
      "get /v1/search": ({ query }: Parts) => found([{ resource: thing(String(query?.["q"])), why: [{ by: "exact", field: "name", value: "x" }] }]),
      "get /v1/events/history": { head: "1-1", events: [] },
      "get /v1/resources/{id}": ({ path }: Parts) => thing(path?.["id"] ?? ""),
    });
    renderPage("/inventory?q=first");
    await screen.findByText("is its name");
    const box = screen.getByLabelText("Search things");
    fireEvent.change(box, { target: { value: "second" } });
    fireEvent.keyDown(box, { key: "Enter" });
    expect(await screen.findByRole("heading", { level: 1, name: "thing second" })).toBeDefined();
  });

  test("a view is kept in this browser under a name, and forgotten", async () => {
    answer({ "get /v1/resources": list(thing("a")) });
    renderPage("/inventory?state=up");
    await screen.findByRole("grid", { name: "Things" });
    click("Save view…");
    fireEvent.change(screen.getByRole("textbox", { name: /^Name/ }), { target: { value: "what is up" } });
    click("Save view");
    const link = await screen.findByRole("link", { name: "what is up" });
    expect(link.getAttribute("href")).toBe("/inventory?state=up");
    expect(localStorage.getItem("groma-inventory-views")).toContain("what is up");
    click("Forget the view what is up");
    expect(screen.queryByRole("link", { name: "what is up" })).toBeNull();
  });

  test("is exported as the view shows it, or whole", async () => {
    answer({ "get /v1/resources": list(thing("a")) });
    renderPage("/inventory?state=up");
    await screen.findByRole("grid", { name: "Things" });
    click("Export…");
    const href = () => screen.getByRole("link", { name: "Download" }).getAttribute("href");
    expect(href()).toBe("/v1/resources/export?state=up&format=csv");
    fireEvent.click(screen.getByRole("radio", { name: "Everything that is there" }));
    fireEvent.click(screen.getByRole("radio", { name: "NDJSON" }));
    expect(href()).toBe("/v1/resources/export?format=ndjson");
  });

  test("that cannot be read says why, and tries again", async () => {
    answer({ "get /v1/resources": () => { throw new RequestError({ type: "", title: "", status: 503, detail: "not there yet", message: "", code: "UNAVAILABLE", retryable: true } as never, "GET", "not there yet"); } });
    renderPage("/inventory?state=nowhere");
    await screen.findByText("The inventory could not be read");
    answer({ "get /v1/resources": list(thing("a")) });
    click("Try again");
    expect(await screen.findByRole("grid", { name: "Things" })).toBeDefined();
  });
});

describe("a thing", () => {
  const SLICE = "0199aaaa-0000-7000-8000-00000000000f";
  const around = {
    "get /v1/events/history": { head: "1-1", events: [] },
    "get /v1/resources/{id}/relations": { total: 1, relations: [{ kind: "part_of", direction: "in", id: "s", resource: { id: "s", kind: "network.service", name: "ssh", state: "open" } }] },
    "get /v1/resources/{id}/history": {
      changes: [
        { at: AT, change: "updated", scan: "scan-2", diff: [{ path: "/services/tcp~1new/22", before: "closed", after: "open" }] },
        { at: OLD, change: "added", scan: "scan-1", diff: [{ path: "/name", before: null, after: "a" }] },
      ],
    },
    "get /v1/coverage": { slices: [{ id: SLICE, kind: "network.host", scope: { subnet: "10.1.0.0/24" }, state: "cancelled", reason: "somebody stopped it", proof: { addresses: 256 }, at: AT, scan: "scan-2", things: 3 }], states: {} },
  };

  test("is shown with its fields, relations, changes and what vouches for it", async () => {
    answer({ ...around, "get /v1/resources/{id}": thing("a", { slice: SLICE, alias: "the-alias", tags: { env: "prod" }, attributes: { os: { name: "linux", cpes: [] } } }) });
    renderPage("/inventory/a");
    await screen.findByRole("heading", { level: 1, name: "thing a" });
    expect(screen.getAllByText("2 min ago", { exact: false })).toHaveLength(2);
    expect(screen.getByRole("button", { name: "Copy Alias the-alias" })).toBeDefined();
    expect(screen.getByRole("link", { name: "prod" }).getAttribute("href")).toContain("tag=env%3Dprod");
    await screen.findByText("services › tcp/new › 22");
    expect(screen.getByRole("link", { name: "ssh" }).getAttribute("href")).toBe("/inventory/s");
    await screen.findByText("somebody stopped it");
    expect(screen.getByText("addresses: 256")).toBeDefined();
    expect(screen.getByText("linux")).toBeDefined();
  });

  test("that is gone, or was not seen for long, says so", async () => {
    answer({ ...around, "get /v1/resources/{id}": thing("a", { deleted_at: AT, last_seen: OLD }) });
    renderPage("/inventory/a");
    await screen.findByText(/^Deleted: it is no longer there since/);
    cleanup();
    answer({ "get /v1/resources/{id}": thing("b", { last_seen: OLD }) });
    renderPage("/inventory/b");
    expect(await screen.findByText(/^Stale: nobody has seen it for \d+ d/)).toBeDefined();
  });

  test("tells what may be done with it, how sure that is, and what stands against it", async () => {
    const permissions = { allowed_actions: ["ec2:StartInstances"], denied_actions: [], unknown_actions: ["ec2:StopInstances"], user_context: { username: "ops" }, method: "simulated", confidence: 0.8, checked_at: AT };
    answer({ ...around, "get /v1/resources/{id}": thing("a", { permissions, constraints: { can_delete: false, has_backups: true, reasons: ["protection is on"] } }) });
    renderPage("/inventory/a");
    const panel = within(await screen.findByRole("region", { name: "Permissions" }));
    expect([panel.getByText("ec2:StartInstances"), panel.getByText("80.0 %"), panel.getByText("simulated")]).toHaveLength(3);
    const against = within(screen.getByRole("region", { name: "Constraints" }));
    expect(against.getByText("no")).toBeDefined();
    expect(against.queryByText("Can be started")).toBeNull();
    expect(against.getByText("protection is on")).toBeDefined();
  });

  test("that is not known is said to be, with a way on", async () => {
    answer({ ...around, "get /v1/resources/{id}": () => { throw new RequestError({ type: "", title: "", status: 404, detail: "no thing x", message: "", code: "NOT_FOUND", retryable: false } as never, "GET", "no thing x"); } });
    renderPage("/inventory/x");
    await screen.findByRole("heading", { level: 1, name: "No such thing" });
    expect(screen.getByRole("link", { name: "Search for it" }).getAttribute("href")).toBe("/inventory?q=x");
  });
});

describe("backups", () => {
  const SETTINGS = { target: { kind: "local", path: "/mnt/b" }, schedule: { kind: "off" }, retention: { keep_last: 7 }, drill_days: 0, warnings: ["no restore was ever proven: run `groma backup drill`"], outcomes: [] };
  const BACKUP = { number: 7, created_at: OLD, bytes: 2048, files: 2, things: 3, damage: "a chunk is missing" };

  test("say what is wrong, which there are, and how one is restored", async () => {
    answer({ "get /v1/backups/settings": SETTINGS, "get /v1/backups": { backups: [BACKUP] } });
    renderPage("/settings/backups");
    await screen.findByText("damaged: a chunk is missing", { exact: false });
    expect(screen.getByText("groma backup drill")).toBeDefined();
    click("Restore backup 7");
    await screen.findByText("groma backup restore 7 --to DIR");
  });

  test("a job shows how far it is, and is stopped", async () => {
    const job = { kind: "create", phase: "upload", bytes: 25, bytes_total: 100, bytes_per_second: 5, started_at: AT };
    answer({ "get /v1/backups/settings": { ...SETTINGS, running: job }, "get /v1/backups": { backups: [] }, "post /v1/backups/cancel": SETTINGS });
    renderPage("/settings/backups");
    expect((await screen.findByRole("progressbar")).getAttribute("aria-valuenow")).toBe("25");
    expect(screen.getByText("15 s")).toBeDefined();
    expect(screen.getByRole<HTMLButtonElement>("button", { name: "Back up now" }).disabled).toBe(true);
    click("Stop it");
    await waitFor(() => expect(sent("post /v1/backups/cancel")).toHaveLength(1));
  });

  test("how a job ended is said, when it was seen running", async () => {
    const job = { kind: "verify", phase: "verify", bytes: 25, bytes_per_second: 5, started_at: OLD };
    let ended = false;
    answer({
      "get /v1/backups/settings": () => (ended ? { ...SETTINGS, outcomes: [{ kind: "verify", success: false, message: "1 object is missing", at: AT, duration_ms: 5 }] } : { ...SETTINGS, running: job }),
      "get /v1/backups": { backups: [] },
    });
    renderPage("/settings/backups");
    await screen.findByText("Verification under way");
    ended = true;
    expect(await screen.findByText(/Verification failed\./, {}, { timeout: 4000 })).toBeDefined();
  });

  test("go nowhere until it is said where; the secret is sent, and shown no more", async () => {
    const target = { kind: "s3", bucket: "backups", access_key_id: "AKIA" };
    let saved = false;
    answer({ "get /v1/backups/settings": () => (saved ? { ...SETTINGS, target } : { ...SETTINGS, target: null }), "get /v1/backups": { backups: [] }, "post /v1/backups/settings": () => { saved = true; return { ...SETTINGS, target }; } });
    renderPage("/settings/backups");
    await screen.findByText("Backups go nowhere yet");
    expect(screen.getByRole<HTMLButtonElement>("button", { name: "Back up now" }).disabled).toBe(true);
    fireEvent.click(screen.getByRole("radio", { name: /^Amazon S3/ }));
    for (const [label, value] of [["Bucket", "backups"], ["Access key id", "AKIA"], ["Secret access key", "s3cret"]] as const) fireEvent.change(screen.getByLabelText(label), { target: { value } });
    click("Save place");
    await screen.findByText("Backups go there from now on.");
    expect(sent("post /v1/backups/settings")).toEqual([{ target: { ...target, secret_access_key: "s3cret" } }]);
    await waitFor(() => expect(screen.getByLabelText<HTMLInputElement>("Secret access key").value).toBe(""));
    expect(screen.queryByDisplayValue("s3cret")).toBeNull();
  });

  test("are verified as closely as one asks, and made by a plan", async () => {
    answer({ "get /v1/backups/settings": SETTINGS, "get /v1/backups": { backups: [BACKUP] }, "post /v1/backups/verify": SETTINGS, "post /v1/backups/settings": SETTINGS });
    renderPage("/settings/backups");
    await screen.findByText("1 backup");
    click("Verify all…");
    fireEvent.click(screen.getByRole("radio", { name: "Full" }));
    click("Verify");
    await waitFor(() => expect(sent("post /v1/backups/verify")).toEqual([{ depth: "full" }]));
    fireEvent.change(screen.getByLabelText("Backups are made"), { target: { value: "every" } });
    fireEvent.change(screen.getByLabelText("Every"), { target: { value: "2 h" } });
    click("Save plan");
    await screen.findByText("The plan of backups is saved.");
    expect(sent("post /v1/backups/settings")).toEqual([{ schedule: { kind: "every", seconds: 7200 }, retention: { keep_last: 7, daily: 0, weekly: 0, monthly: 0 }, drill_days: 0 }]);
  });
});

test("the search model is installed from where one says, and tells how far it is", async () => {
  const status = { state: "absent", embedder: "lexical/1", folder: "/data/model", bytes: 0, embedded: 0, queued: 0, as_of: AT };
  let started = false;
  answer({ "get /v1/model": () => (started ? { ...status, state: "installing", progress: { phase: "fetching", bytes: 30, bytes_total: 120 } } : status), "post /v1/model/install": () => { started = true; return status; } });
  renderPage("/settings/search");
  await screen.findByText("Not installed.", { exact: false });
  fireEvent.change(screen.getByLabelText("From"), { target: { value: "/srv/model" } });
  expect(screen.getByText("groma model install --from /srv/model")).toBeDefined();
  click("Install the model");
  expect((await screen.findByRole("progressbar", { name: "Installation" })).getAttribute("aria-valuenow")).toBe("25");
  expect(sent("post /v1/model/install")).toEqual([{ source: "/srv/model" }]);
});
