import { describe, expect, test } from "vitest";

import type { ScanHost } from "../../api/types";
import { at, event, port, scan, SCAN } from "../../shared/testing";
import { applyToDetail, rateNow, type DetailState } from "./detail-live";
import { EMPTY_DRAFT, requestOf } from "./draft";
import { hostRows } from "./host-rows";
import { activeFirst } from "./list-live";
import { validateDetailSearch, validateListSearch, validateNewSearch } from "./search";

function state(part: Partial<DetailState> = {}): DetailState {
  return { scan: scan(), hosts: new Map(), sequence: at(5), samples: [], ...part };
}

describe("the detail of a scan", () => {
  test("collects hosts and their ports in order, each once", () => {
    const after = applyToDetail(state(), [
      event(11, "groma.network.host_discovered", { scanId: SCAN, host: "10.1.0.7", thingId: "t", responseTimeMs: 1, hostname: "db.lab" }),
      port(12, 443),
      port(13, 22),
      port(14, 443),
    ]);
    expect(after.hosts.get("10.1.0.7")).toMatchObject({ hostname: "db.lab", ports: [{ port: 22 }, { port: 443 }] });
  });

  test("does not count twice what the scan's own snapshot holds", () => {
    const after = applyToDetail(state(), [port(8, 22), port(12, 80)]);
    expect(after.scan.progress.ports_open).toBe(1);
    expect(after.hosts.get("10.1.0.7")?.ports).toHaveLength(2);
  });

  test("leaves the hosts as they are when only progress came", () => {
    const before = state({ hosts: new Map([["10.1.0.7", { id: "t", address: "10.1.0.7", ports: [] }]]) });
    const after = applyToDetail(before, [event(11, "groma.network.scan_progress", { scanId: SCAN, portsScanned: 5, totalPorts: 10, elapsedMs: 1000 })]);
    expect(after.hosts).toBe(before.hosts);
    expect(before.scan.progress.ports_scanned).toBe(0);
  });

  test("measures the rate over the latest samples", () => {
    expect(rateNow([])).toBeNull();
    expect(rateNow([{ elapsedMs: 1000, ports: 100 }, { elapsedMs: 3000, ports: 1100 }])).toBe(500);
  });
});

describe("the table of hosts", () => {
  const host = (address: string, part: Partial<ScanHost> = {}): ScanHost => ({ id: address, address, ports: [], ...part });
  const ports: ScanHost["ports"] = [{ port: 22, protocol: "tcp", state: "open", service: "ssh" }];
  const hosts = [host("10.1.0.10"), host("10.1.0.9", { hostname: "db.lab", ports }), host("10.1.0.2", { response_time_ms: 9 })];

  test.each([
    ["", ["10.1.0.2", "10.1.0.9", "10.1.0.10"]],
    ["DB", ["10.1.0.9"]],
    ["22", ["10.1.0.9"]],
    ["10.1 ssh", ["10.1.0.9"]],
    ["2", ["10.1.0.2"]],
  ])("finds %j", (find, expected) => {
    expect(hostRows(hosts, find, "address", false).map((row) => row.address)).toEqual(expected);
  });

  test("orders by what is asked, then by address", () => {
    expect(hostRows(hosts, "", "open", true).map((row) => row.address)).toEqual(["10.1.0.9", "10.1.0.2", "10.1.0.10"]);
  });
});

test("scans under way stand on top, each part newest first", () => {
  const one = (id: string, status: "running" | "completed", created: string) => scan({ id, status, created_at: created });
  const list = [one("c", "completed", "2026-03"), one("b", "running", "2026-02"), one("a", "running", "2026-01"), one("d", "completed", "2026-04")];
  expect(activeFirst(list).map(({ id }) => id)).toEqual(["b", "a", "d", "c"]);
});

test("a draft becomes a request, without what was left empty", () => {
  const draft = { ...EMPTY_DRAFT, targets: "10.1.0.0/24, db.lab\nfd00::1", ports: " 22, 80 ", retries: 0 };
  expect(requestOf(draft)).toEqual({
    kind: "network",
    targets: ["10.1.0.0/24", "db.lab", "fd00::1"],
    ports: "22,80",
    discovery: true,
    retries: 0,
    allow_public: false,
  });
});

describe("addresses of the pages", () => {
  test("only what is known is taken from them", () => {
    expect(validateListSearch({ status: "running" })).toEqual({ status: "running" });
    expect(validateListSearch({ status: "dancing", other: 1 })).toEqual({});
    expect(validateNewSearch({ targets: "10.1.0.7", ports: 22 })).toEqual({ targets: "10.1.0.7", ports: "22" });
    expect(validateDetailSearch({ sort: "open", descending: true, find: "", host: "10.1.0.7" })).toEqual({ sort: "open", descending: true, host: "10.1.0.7" });
  });
});
