import { readSpan, span } from "../../shared/format/quantity";
import { kindWords } from "../../shared/thing/kind";
import { stateWord } from "../../shared/thing/state";
import { FACETS, toggled, valuesOf, type FacetName, type InventorySearch } from "./search";

/** One thing that narrows the view. */
export interface Chip {
  key: string;
  name: string;
  value: string;
  /** The view without it. */
  without: InventorySearch;
}

export const FACET_WORDS: Record<FacetName | "tag", string> = { type: "Kind", state: "State", account: "Account", region: "Region", connection: "Connection", subnet: "Subnet", tag: "Tag" };

/** Returns everything that narrows the view, in the order of the facets. */
export function chipsOf(search: InventorySearch): Chip[] {
  const chosen = ([...FACETS, "tag"] as const).flatMap((name) =>
    valuesOf(search, name).map((value): Chip => ({ key: `${name} ${value}`, name: FACET_WORDS[name], value: valueWord(name, value), without: toggled(search, name, value) })),
  );
  const { changed, unseen, deleted } = search;
  const time = (text: string): string => span(readSpan(text) ?? 0);
  return [
    ...chosen,
    ...(changed ? [{ key: "changed", name: "Changed", value: `in the last ${time(changed)}`, without: { ...search, changed: undefined } }] : []),
    ...(unseen ? [{ key: "unseen", name: "Not seen", value: `for ${time(unseen)}`, without: { ...search, unseen: undefined } }] : []),
    ...(deleted ? [{ key: "deleted", name: "Deleted", value: deleted === "only" ? "only" : "too", without: { ...search, deleted: undefined } }] : []),
  ];
}

/** Returns a value as people read it. */
export function valueWord(name: FacetName | "tag", value: string): string {
  if (name === "type") return value.includes("*") ? value : kindWords(value).one;
  if (name === "state") return stateWord(value);
  return name === "connection" ? value.slice(-8) : value;
}
