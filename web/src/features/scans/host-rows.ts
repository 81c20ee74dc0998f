import type { ScanHost } from "../../api/types";
import { compareAddresses } from "../../shared/format/address";
import type { HostSort } from "./search";

/** Returns the hosts in which `find` occurs, in order. Equal ones are ordered by address, so that nothing jumps. */
export function hostRows(hosts: Iterable<ScanHost>, find: string, sort: HostSort, descending: boolean): ScanHost[] {
  const words = find.toLowerCase().split(/\s+/).filter((word) => word !== "");
  const rows = [...hosts].filter((host) => words.every((word) => fits(host, word)));
  const direction = descending ? -1 : 1;
  return rows.sort((a, b) => direction * compare(a, b, sort) || compareAddresses(a.address, b.address));
}

function compare(a: ScanHost, b: ScanHost, sort: HostSort): number {
  switch (sort) {
    case "address":
      return compareAddresses(a.address, b.address);
    case "hostname":
      return (a.hostname ?? "").localeCompare(b.hostname ?? "");
    case "open":
      return a.ports.length - b.ports.length;
    case "response":
      return (a.response_time_ms ?? 0) - (b.response_time_ms ?? 0);
  }
}

function fits(host: ScanHost, word: string): boolean {
  return (
    host.address.includes(word) ||
    (host.hostname?.toLowerCase().includes(word) ?? false) ||
    host.ports.some((port) => String(port.port) === word || (port.service?.toLowerCase().includes(word) ?? false))
  );
}
