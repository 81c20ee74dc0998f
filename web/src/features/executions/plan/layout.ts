import type { PlanRun } from "../../../api/types";

export interface Edge {
  from: string;
  to: string;
}

/** Where a step stands: its column and its place in it. */
export interface Place {
  id: string;
  column: number;
  row: number;
}

/** Columns are at most so high where nothing says otherwise. */
const HEIGHT_MAX = 8;
const SWEEPS = 4;

/** Returns what follows what in a plan. */
export function edgesOf({ strategy, steps }: PlanRun["plan"]): Edge[] {
  switch (strategy?.type) {
    case "parallel":
      return [];
    case "dependency_graph":
      return steps.flatMap((step) => (step.depends_on ?? []).map((from) => ({ from, to: step.id })));
    default:
      return steps.slice(1).map((step, index) => ({ from: steps[index]?.id ?? "", to: step.id }));
  }
}

/** Places steps in columns, each right of all that it depends on, with few crossings between neighbours. */
export function placesOf(ids: readonly string[], edges: readonly Edge[]): Place[] {
  if (edges.length === 0) return ids.map((id, index) => ({ id, column: Math.floor(index / HEIGHT_MAX), row: index % HEIGHT_MAX }));
  const columns = columnsOf(ids, edges);
  const short = withRoom(columns, edges);
  const all = columns.flat();
  const before = group(all, short, ({ from, to }) => [to, from]);
  const after = group(all, short, ({ from, to }) => [from, to]);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    for (let at = 1; at < columns.length; at += 1) order(columns[at], columns[at - 1], before);
    for (let at = columns.length - 2; at >= 0; at -= 1) order(columns[at], columns[at + 1], after);
  }
  const highest = Math.max(...columns.map((column) => column.length));
  const places = columns.flatMap((column, at) => column.map((id, row) => ({ id, column: at, row: row + (highest - column.length) / 2 })));
  const steps = new Set(ids);
  return places.filter(({ id }) => steps.has(id));
}

/** More edges than so many over several columns are a thicket whatever is done. */
const LONG_MAX = 500;

/** Keeps a place in every column that an edge passes, so that it passes beside the steps and not behind them. Returns the edges from column to column. */
function withRoom(columns: string[][], edges: readonly Edge[]): Edge[] {
  const columnOf = new Map(columns.flatMap((column, at) => column.map((id) => [id, at] as const)));
  let long = 0;
  return edges.flatMap(({ from, to }) => {
    const [first, last] = [columnOf.get(from) ?? 0, columnOf.get(to) ?? 0];
    if (last - first < 2 || long >= LONG_MAX) return [{ from, to }];
    long += last - first;
    const stops = [from];
    for (let at = first + 1; at < last; at += 1) {
      // No step's id has a space.
      const room = `${from} ${to} ${at}`;
      columns[at]?.push(room);
      stops.push(room);
    }
    return [...stops.slice(1), to].map((stop, index) => ({ from: stops[index] ?? from, to: stop }));
  });
}

type Neighbours = ReadonlyMap<string, readonly string[]>;

function group(ids: readonly string[], edges: readonly Edge[], pair: (edge: Edge) => [of: string, other: string]): Neighbours {
  const lists = new Map<string, string[]>(ids.map((id) => [id, []]));
  for (const edge of edges) {
    const [of, other] = pair(edge);
    if (lists.has(other)) lists.get(of)?.push(other);
  }
  return lists;
}

/** Each step one column right of the last that it waits for, without recursion: chains may be long. */
function columnsOf(ids: readonly string[], edges: readonly Edge[]): string[][] {
  const before = group(ids, edges, ({ from, to }) => [to, from]);
  const after = group(ids, edges, ({ from, to }) => [from, to]);
  const waits = new Map(ids.map((id) => [id, before.get(id)?.length ?? 0]));
  const column = new Map(ids.map((id) => [id, 0]));
  const ready = ids.filter((id) => waits.get(id) === 0);
  for (const id of ready) {
    for (const next of after.get(id) ?? []) {
      column.set(next, Math.max(column.get(next) ?? 0, (column.get(id) ?? 0) + 1));
      const left = (waits.get(next) ?? 0) - 1;
      waits.set(next, left);
      if (left === 0) ready.push(next);
    }
  }
  const columns: string[][] = [];
  for (const id of ids) (columns[column.get(id) ?? 0] ??= []).push(id);
  return columns.map((list) => list ?? []);
}

/** Orders a column by where its neighbours stand in the one beside it; those without any keep their places. */
function order(column: string[] | undefined, beside: readonly string[] | undefined, neighbours: Neighbours): void {
  if (column === undefined || beside === undefined) return;
  const row = new Map(beside.map((id, index) => [id, index]));
  const weight = new Map(
    column.map((id, index) => {
      const rows = (neighbours.get(id) ?? []).flatMap((other) => row.get(other) ?? []);
      return [id, rows.length === 0 ? index : rows.reduce((sum, one) => sum + one, 0) / rows.length];
    }),
  );
  column.sort((a, b) => (weight.get(a) ?? 0) - (weight.get(b) ?? 0));
}
