import { describe, expect, test } from "vitest";

import { at } from "../../../shared/testing";
import { plan, step, told } from "../testing";
import { edgesOf, placesOf } from "./layout";
import { applyToPlan } from "./plan-live";

describe("the picture of a plan", () => {
  const diamond = [
    { from: "a", to: "b" },
    { from: "a", to: "c" },
    { from: "b", to: "d" },
    { from: "c", to: "d" },
  ];

  test("each step stands right of what it waits for", () => {
    const places = placesOf(["a", "b", "c", "d"], diamond);
    expect(places.map(({ id, column }) => `${id}${column}`).sort()).toEqual(["a0", "b1", "c1", "d2"]);
    expect(places.find(({ id }) => id === "a")?.row).toBe(0.5);
  });

  test("no two steps stand in one place", () => {
    const ids = Array.from({ length: 60 }, (_, index) => `s${index}`);
    const edges = ids.flatMap((id, index) => [index * 2 + 1, index * 2 + 2].flatMap((to) => (to < 60 ? [{ from: id, to: `s${to}` }] : [])));
    const places = placesOf(ids, edges);
    expect(new Set(places.map(({ column, row }) => `${column} ${row}`)).size).toBe(60);
  });

  test("neighbours stand in the order of what they follow", () => {
    const edges = [{ from: "a", to: "y" }, { from: "b", to: "x" }];
    const places = new Map(placesOf(["a", "b", "x", "y"], edges).map((place) => [place.id, place]));
    const above = (one: string, other: string): boolean => (places.get(one)?.row ?? 0) < (places.get(other)?.row ?? 0);
    expect(above("a", "b")).toBe(above("y", "x"));
  });

  test("an edge over a column has a place of its own there", () => {
    const places = new Map(placesOf(["a", "b", "c"], [{ from: "a", to: "b" }, { from: "b", to: "c" }, { from: "a", to: "c" }]).map((place) => [place.id, place]));
    expect(places.size).toBe(3);
    expect(places.get("b")?.row).not.toBe(places.get("a")?.row);
  });

  test("a chain of ten thousand is laid out too", () => {
    const ids = Array.from({ length: 10_000 }, (_, index) => `s${index}`);
    const edges = ids.slice(1).map((to, index) => ({ from: `s${index}`, to }));
    expect(placesOf(ids, edges).at(-1)).toEqual({ id: "s9999", column: 9999, row: 0 });
  });

  test("what follows what is up to the strategy", () => {
    const steps = [step("a"), step("b"), step("c")];
    const { plan: asked } = plan(steps);
    expect(edgesOf(asked)).toEqual([{ from: "a", to: "b" }, { from: "b", to: "c" }]);
    expect(edgesOf({ ...asked, strategy: { type: "parallel", max_concurrency: 2 } })).toEqual([]);
    const graph = { ...asked, strategy: { type: "dependency_graph", max_concurrency: 2 } as const, steps: asked.steps.map((one) => (one.id === "c" ? { ...one, depends_on: ["a"] } : one)) };
    expect(edgesOf(graph)).toEqual([{ from: "a", to: "c" }]);
  });
});

describe("a plan", () => {
  const state = { run: plan([step("a"), step("b")]), lines: new Map(), sequence: at(1) };
  const [a, b] = state.run.result.steps.map((one) => one.execution_id);

  test("follows its steps by their events, and counts them", () => {
    const after = applyToPlan(state, [
      told(2, "groma.execution.started", { executionId: a }),
      told(3, "groma.execution.output_advanced", { executionId: a, lastLine: 7 }),
      told(4, "groma.execution.completed", { executionId: a, status: "completed" }),
      told(5, "groma.execution.started", { executionId: b }),
    ]);
    expect(after.run.result.steps.map(({ status }) => status)).toEqual(["completed", "running"]);
    expect(after.run).toMatchObject({ steps_completed: 1, steps_failed: 0 });
    expect(after.lines.get(a ?? "")).toBe(7);
  });

  test("what ended stays ended, and others change nothing", () => {
    const ended = { ...state, run: plan([step("a", "timed_out"), step("b")]) };
    expect(applyToPlan(ended, [told(2, "groma.execution.failed", { executionId: a, status: "failed" })])).toBe(ended);
    expect(applyToPlan(state, [told(2, "groma.execution.started", { executionId: "another" })])).toBe(state);
  });
});
