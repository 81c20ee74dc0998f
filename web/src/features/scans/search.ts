import type { ScanStatus } from "../../api/types";

const STATUSES: readonly ScanStatus[] = ["queued", "running", "completed", "failed", "cancelled"];
const HOST_SORTS = ["address", "hostname", "open", "response"] as const;

export type HostSort = (typeof HOST_SORTS)[number];

export interface ListSearch {
  status?: ScanStatus | undefined;
}

export interface NewSearch {
  targets?: string | undefined;
  exclude?: string | undefined;
  ports?: string | undefined;
}

export interface DetailSearch {
  /** Only hosts in which this text occurs: address, name, port, service. */
  find?: string | undefined;
  sort?: HostSort | undefined;
  descending?: boolean | undefined;
  /** The selected host's address. */
  host?: string | undefined;
  /** The scan to compare with. */
  diff?: string | undefined;
}

type Raw = Record<string, unknown>;

export function validateListSearch({ status }: Raw): ListSearch {
  const known = STATUSES.find((word) => word === status);
  return known === undefined ? {} : { status: known };
}

export function validateNewSearch(search: Raw): NewSearch {
  return { ...text(search, "targets"), ...text(search, "exclude"), ...text(search, "ports") };
}

export function validateDetailSearch(search: Raw): DetailSearch {
  const sort = HOST_SORTS.find((word) => word === search["sort"]);
  return {
    ...text(search, "find"),
    ...(sort === undefined ? {} : { sort }),
    ...(search["descending"] === true ? { descending: true } : {}),
    ...text(search, "host"),
    ...text(search, "diff"),
  };
}

function text(search: Raw, name: string): Record<string, string> {
  const value = search[name];
  // A port alone, such as 22, reads as a number from the address.
  return (typeof value === "string" && value !== "") || typeof value === "number" ? { [name]: String(value) } : {};
}
