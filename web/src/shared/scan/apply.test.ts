import { describe, expect, test } from "vitest";

import { event, port, scan, SCAN } from "../testing";
import { applyToScan } from "./apply";

const progress = (number: number, portsScanned: number, totalPorts: number) =>
  event(number, "groma.network.scan_progress", { scanId: SCAN, hostsScanned: 1, totalHosts: 256, portsScanned, totalPorts, elapsedMs: 2000, estimatedRemainingMs: 9000 });

describe("a scan after events", () => {
  test("counts hosts and ports, and takes progress over", () => {
    const after = applyToScan(scan(), [
      event(11, "groma.network.host_discovered", { scanId: SCAN, host: "10.1.0.7" }),
      port(12),
      port(13),
      progress(14, 250, 1000),
    ]);
    expect(after.progress).toMatchObject({ hosts_up: 1, ports_open: 2, ports_scanned: 250, percent_complete: 25, estimated_remaining_ms: 9000 });
  });

  test("never goes back in percent when a total grows", () => {
    const after = applyToScan(scan(), [progress(11, 500, 1000), progress(12, 510, 2000)]);
    expect(after.progress.percent_complete).toBe(50);
  });

  test("ends as the terminal event says", () => {
    const after = applyToScan(scan(), [
      event(11, "groma.network.scan_completed", {
        scanId: SCAN,
        status: "cancelled",
        partial: true,
        success: false,
        error: "cancelled: lunch",
        durationMs: 4000,
        results: { hostsUp: 3, hostsScanned: 4, portsOpen: 5, portsScanned: 600, href: "" },
        timestamp: "2026-11-21T15:05:00.000000Z",
      }),
    ]);
    expect(after).toMatchObject({ status: "cancelled", state: "SUCCESS", partial: true, error: "cancelled: lunch" });
    expect(after.progress).toMatchObject({ hosts_up: 3, ports_open: 5, estimated_remaining_ms: null });
  });

  test("ignores other scans and types it does not know", () => {
    const before = scan();
    const other = { ...port(11), subject: "scan/another" };
    const unknown = { ...port(12), type: "groma.custom.mine.thing" };
    expect(applyToScan(before, [other, unknown])).toEqual(before);
  });
});
