import { TextInput } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import { useMemo, type ReactNode } from "react";

import type { ScanHost } from "../../api/types";
import { count, counted, latency } from "../../shared/format/number";
import { ended } from "../../shared/scan/describe";
import { Empty } from "../../shared/ui/empty";
import { Panel } from "../../shared/ui/panel";
import { useThrottled } from "../../shared/ui/use-throttled";
import { VirtualTable, type Column } from "../../shared/ui/virtual-table";
import type { DetailState } from "./detail-live";
import styles from "./detail-page.module.css";
import { HostPanel } from "./host-panel";
import { hostRows } from "./host-rows";
import type { DetailSearch, HostSort } from "./search";

const route = getRouteApi("/scans/$id");
const HEIGHT_MAX_PX = 480;
const ROW_PX = 32;
/** Above so many hosts the table is put in order less often. */
const MANY = 2000;
const MANY_MS = 500;
const FEW_MS = 100;

const COLUMNS: readonly Column<ScanHost>[] = [
  { id: "address", name: "Address", width: "minmax(8.5rem, 12rem)", sortable: true, cell: (host) => <span className="mono">{host.address}</span> },
  { id: "hostname", name: "Name", width: "minmax(6rem, 12rem)", sortable: true, cell: (host) => host.hostname ?? "" },
  { id: "open", name: "Open", width: "4.5rem", align: "end", sortable: true, cell: (host) => count(host.ports.length) },
  { id: "ports", name: "Ports", width: "minmax(10rem, 1fr)", cell: (host) => <Ports host={host} /> },
  { id: "response", name: "Answered in", width: "7rem", align: "end", sortable: true, cell: (host) => (host.response_time_ms ? latency(host.response_time_ms) : "–") },
];

interface HostsPanelProps {
  state: DetailState;
  fresh: ReactNode;
}

/** The hosts that answered; filter, order and selection are in the address and stay while more arrive. */
export function HostsPanel({ state, fresh }: HostsPanelProps) {
  const { find = "", sort = "address", descending = false, host: selected } = route.useSearch();
  const navigate = route.useNavigate();
  const change = (search: DetailSearch): void => void navigate({ search: (before) => ({ ...before, ...search }), replace: true, resetScroll: false });
  const { hosts } = useThrottled(state, state.hosts.size > MANY ? MANY_MS : FEW_MS);
  const rows = useMemo(() => hostRows(hosts.values(), find, sort, descending), [hosts, find, sort, descending]);
  const one = selected === undefined ? undefined : hosts.get(selected);

  return (
    <Panel
      title={rows.length === hosts.size ? counted(hosts.size, "host") : `${count(rows.length)} of ${counted(hosts.size, "host")}`}
      flush
      aside={
        <div className={styles["tools"]}>
          <TextInput
            size="xs"
            w="17rem"
            aria-label="Filter hosts"
            placeholder="Address, name, port, service"
            value={find}
            onChange={(event) => change({ find: event.currentTarget.value || undefined })}
          />
          {fresh}
        </div>
      }
    >
      {hosts.size === 0 ? (
        <Nothing over={ended(state.scan)} />
      ) : (
        <div className={`${styles["hosts"]} ${one ? styles["withHost"] : ""}`}>
          <VirtualTable
            label="Hosts"
            columns={COLUMNS}
            rows={rows}
            rowKey={(host) => host.address}
            height={`${Math.min(HEIGHT_MAX_PX, Math.max(one ? 8 : 3, rows.length + 1) * ROW_PX + 2)}px`}
            selected={selected}
            onSelect={(address) => change({ host: address === selected ? undefined : address })}
            sorting={{ by: sort, descending }}
            onSort={(by) => change({ sort: by as HostSort, descending: by === sort && !descending ? true : undefined })}
          />
          {one ? <HostPanel host={one} onClose={() => change({ host: undefined })} /> : null}
        </div>
      )}
    </Panel>
  );
}

/** More than fit a row would only slow it; the panel at the side has all. */
const PORTS_MAX = 20;

function Ports({ host }: { host: ScanHost }) {
  return host.ports.slice(0, PORTS_MAX).map((port) => (
    <span key={`${port.protocol}${port.port}`} className={styles["chip"]}>
      {port.port} <span>{port.service ?? port.protocol}</span>
    </span>
  ));
}

function Nothing({ over }: { over: boolean }) {
  return over ? (
    <Empty inset title="No host answered">
      Check the targets. A host that drops TCP pings is found when “Look for hosts first” is off, or with <code>--no-ping</code>.
    </Empty>
  ) : (
    <Empty inset title="No host has answered yet">Hosts show here the moment they answer.</Empty>
  );
}
