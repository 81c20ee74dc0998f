import { readSpan } from "../../shared/format/quantity";

/** The fields by which things are told apart; each takes several values, of which one must fit. */
export const FACETS = ["type", "state", "account", "region", "connection", "subnet"] as const;

export type FacetName = (typeof FACETS)[number];

export const SORTS = ["name", "kind", "state", "first_seen", "last_seen", "last_changed"] as const;

export type Sort = (typeof SORTS)[number];
export type Order = "asc" | "desc";

/** A view of the inventory, as its address has it: values separated by commas, as the API takes them. */
export interface InventorySearch extends Partial<Record<FacetName, string | undefined>> {
  /** What is looked for, in words. */
  q?: string | undefined;
  /** Whether hits show the figures of their ranking. */
  explain?: boolean | undefined;
  /** Tags that must all be there. */
  tag?: string | undefined;
  /** Changed within this time: `24h`. */
  changed?: string | undefined;
  /** Not seen for this time: `7d`. */
  unseen?: string | undefined;
  /** Deleted ones as well, or alone. */
  deleted?: "include" | "only" | undefined;
  sort?: Sort | undefined;
  order?: Order | undefined;
}

type Raw = Record<string, unknown>;

export function validateInventorySearch(search: Raw): InventorySearch {
  const valid: InventorySearch = {};
  for (const name of ["q", "tag", ...FACETS] as const) {
    const text = textOf(search[name]);
    if (text !== "") valid[name] = text;
  }
  for (const name of ["changed", "unseen"] as const) {
    const text = textOf(search[name]);
    if (readSpan(text) !== null) valid[name] = text;
  }
  const { deleted, order } = search;
  if (deleted === "include" || deleted === "only") valid.deleted = deleted;
  if (search["explain"] === true) valid.explain = true;
  if (order === "asc" || order === "desc") valid.order = order;
  const sort = SORTS.find((word) => word === search["sort"]);
  if (sort !== undefined) valid.sort = sort;
  return valid;
}

/** A number alone, such as an account, reads as one from the address. */
function textOf(value: unknown): string {
  return typeof value === "string" ? value.trim() : typeof value === "number" ? String(value) : "";
}

/** Returns the chosen values of a field. */
export function valuesOf(search: InventorySearch, name: FacetName | "tag"): string[] {
  return (search[name] ?? "").split(",").map((value) => value.trim()).filter((value) => value !== "");
}

/** Returns the view with a value chosen, or no longer. */
export function toggled(search: InventorySearch, name: FacetName | "tag", value: string): InventorySearch {
  const before = valuesOf(search, name);
  const after = before.includes(value) ? before.filter((one) => one !== value) : [...before, value];
  return { ...search, [name]: after.length === 0 ? undefined : after.join(",") };
}

/** Returns a tag as the filter takes it; a comma would end it, and `*` stands for anything. */
export function tagText(key: string, value: string): string {
  return `${key}=${value.replaceAll(",", "*")}`;
}

/** What the API takes to narrow a list; `now` is in milliseconds. */
export function filterOf(search: InventorySearch, now: number): ApiFilter {
  const { type, state, account, region, connection, subnet, tag, deleted } = search;
  const before = (span: string | undefined): string | undefined => {
    const seconds = readSpan(span ?? "");
    return seconds === null ? undefined : new Date(now - seconds * 1000).toISOString();
  };
  return { type, state, account, region, connection, subnet, tag, deleted, changed_since: before(search.changed), seen_before: before(search.unseen) };
}

export interface ApiFilter extends Partial<Record<FacetName | "tag" | "changed_since" | "seen_before", string | undefined>> {
  deleted?: "include" | "only" | undefined;
}

/** Returns the order of the list: what was last changed first, unless told; texts A first, times newest first. */
export function orderOf({ sort = "last_changed", order }: InventorySearch): { sort: Sort; order: Order } {
  return { sort, order: order ?? (isTime(sort) ? "desc" : "asc") };
}

/** Returns the view sorted by a column: turned around when it is sorted by that already. */
export function sortedBy(search: InventorySearch, by: Sort): InventorySearch {
  const now = orderOf(search);
  if (now.sort !== by) return { ...search, sort: by === "last_changed" ? undefined : by, order: undefined };
  const natural: Order = isTime(by) ? "desc" : "asc";
  return { ...search, order: now.order === natural ? (natural === "asc" ? "desc" : "asc") : undefined };
}

function isTime(sort: Sort): boolean {
  return sort === "first_seen" || sort === "last_seen" || sort === "last_changed";
}

/** Returns whether anything narrows the view. */
export function isNarrowed(search: InventorySearch): boolean {
  return (["tag", "changed", "unseen", "deleted", ...FACETS] as const).some((name) => search[name] !== undefined);
}

/** Returns the view without what narrows it; words and order stay. */
export function widened({ q, explain, sort, order }: InventorySearch): InventorySearch {
  return { q, explain, sort, order };
}
