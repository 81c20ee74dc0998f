import { quoted } from "../../shared/format/shell";
import { orderOf, valuesOf, type InventorySearch } from "./search";

/** Returns the filters of a view as words of the command line. */
function filterWords(search: InventorySearch): string[] {
  const words: string[] = [];
  const flag = (name: string, value: string | undefined): void => {
    if (value !== undefined) words.push(`--${name} ${quoted(value)}`);
  };
  for (const name of ["type", "state", "account", "region", "connection", "subnet"] as const) flag(name, search[name]);
  for (const tag of valuesOf(search, "tag")) flag("tag", tag);
  flag("changed-since", search.changed);
  flag("stale", search.unseen);
  flag("deleted", search.deleted);
  return words;
}

/** Returns the command that shows the same as the view. */
export function viewCommand(search: InventorySearch): string {
  if (search.q) return ["groma search", quoted(search.q), ...filterWords(search)].join(" ");
  const { sort, order } = orderOf(search);
  return ["groma resources list", ...filterWords(search), ...(search.sort || search.order ? [`--sort ${sort}`, `--order ${order}`] : [])].join(" ");
}

/** Returns the command that writes the same file. */
export function exportCommand(search: InventorySearch, format: string): string {
  return ["groma resources export", ...filterWords(search), `--format ${format}`, `--to inventory.${format}`].join(" ");
}
