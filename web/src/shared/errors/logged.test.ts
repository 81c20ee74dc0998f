import { describe, expect, test } from "vitest";

import { at, event, port, SCAN } from "../testing";
import { logged } from "./logged";

describe("an error in the log", () => {
  test("of Groma itself keeps its severity and place", () => {
    const error = logged(event(4, "groma.system.error", { message: "the disk is full", severity: "critical", context: "database", timestamp: 1 }));
    expect(error).toMatchObject({ key: at(4), severity: "critical", message: "the disk is full", context: [["where", "database"]] });
  });

  test("without a position is told apart by its id", () => {
    expect(logged(event(null, "groma.system.error", { message: "x", severity: "error", context: null, timestamp: 1 }))).toMatchObject({ key: "event-control", context: [] });
  });

  test.each([
    ["unreachable", "warning"],
    ["permission", "error"],
  ] as const)("of a network scan that is %s is a %s", (errorType, severity) => {
    const error = logged(event(1, "groma.network.error", { scanId: SCAN, errorType, message: "no", context: { target: "10.1.0.7" }, timestamp: "2026-11-21T15:04:05Z" }));
    expect(error).toMatchObject({ severity, scanId: SCAN, context: [["kind", errorType], ["target", "10.1.0.7"]] });
  });

  test("of an estate scan that goes on is a warning", () => {
    const one = { ...port(1), type: "groma.estate.scan_error", data: { scanId: SCAN, continueScanning: true, error: { service: "ec2", region: "eu-west-3", error: "denied" } } as never };
    expect(logged(one)).toMatchObject({ severity: "warning", message: "denied", context: [["service", "ec2"], ["region", "eu-west-3"]] });
  });

  test("is no other event", () => expect(logged(port(1))).toBeNull());
});
