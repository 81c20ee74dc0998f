import { count, counted } from "../../shared/format/number";
import type { ResourceViewState } from "./resource-view";
import { HITS_MAX, type Found } from "./use-search";

/** Returns how many there are, as the panel's title. */
export function titleOf({ total }: Pick<ResourceViewState, "total">, { answer, pending }: Pick<Found, "answer" | "pending">, q: string): string {
  if (q === "") return total === undefined ? "Things" : counted(total, "thing");
  if (answer === undefined || pending) return "Searching…";
  const { length } = answer.hits;
  return length >= HITS_MAX ? `The best ${count(length)}` : `${counted(length, "thing")} found`;
}
