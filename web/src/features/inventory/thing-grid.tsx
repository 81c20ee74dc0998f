import { useVirtualizer } from "@tanstack/react-virtual";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useId, useState, type KeyboardEvent, type RefObject } from "react";

import tableStyles from "../../shared/ui/virtual-table.module.css";
import { useNow } from "../../shared/ui/use-now";
import styles from "./inventory.module.css";
import { showRow, useKeptPlace } from "./kept-place";
import type { ResourceView, ResourceViewState, ThingRow } from "./resource-view";
import { forRows, rowKey } from "./row-keys";
import type { InventorySearch, Sort } from "./search";
import { ROW_PX, ThingHeads, ThingLine } from "./thing-line";

const NOW_MS = 5000;

interface ThingGridProps {
  view: ResourceView;
  state: ResourceViewState;
  search: InventorySearch;
  /** Whether what the address asks for is still being read. */
  pending: boolean;
  height: string;
  element: RefObject<HTMLDivElement | null>;
  onSort(by: Sort): void;
}

/** Every thing of a view as a row: only those in view are in the page, and only pages that were looked at are read. */
export function ThingGrid({ view, state, search, pending, height, element, onSort }: ThingGridProps) {
  const { rows } = state;
  const total = Math.max(state.total ?? 0, rows.length);
  const now = useNow(NOW_MS);
  const id = useId();
  const navigate = useNavigate();
  const [chosen, setChosen] = useState({ view, id: view.active });
  const active = chosen.view === view ? chosen.id : view.active;
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => element.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
    scrollMargin: ROW_PX,
    initialOffset: view.scrollTop,
  });
  const items = virtual.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  useEffect(() => view.want(lastShown), [view, lastShown]);
  useKeptPlace(view, rows, element);

  const at = active === undefined ? -1 : rows.findIndex((row) => row.id === active);
  const point = (row: ThingRow | undefined): void => {
    view.point(row?.id);
    setChosen({ view, id: row?.id });
  };
  const choose = (index: number): void => {
    const row = rows[index];
    if (row === undefined) return;
    point(row);
    showRow(element.current, index);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!forRows(event)) return;
    const page = Math.max(1, Math.floor((element.current?.clientHeight ?? 0) / ROW_PX) - 2);
    const does = rowKey(event.key, at, rows.length, page);
    if (does === null) return;
    event.preventDefault();
    const row = rows[at];
    if (does !== "open") choose(does.move);
    else if (row !== undefined) void navigate({ to: "/inventory/$id", params: { id: row.id } });
  };
  return (
    <div
      ref={element}
      className={`${tableStyles["scroll"]} ${pending ? styles["pending"] : ""}`}
      aria-busy={pending || undefined}
      style={{ height }}
      role="grid"
      aria-label="Things"
      aria-rowcount={total + 1}
      aria-activedescendant={at !== -1 && items.some(({ index }) => index === at) ? `${id}-${at}` : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onScroll={(event) => view.scrolled(event.currentTarget.scrollTop)}
    >
      <ThingHeads search={search} onSort={onSort} />
      <div role="rowgroup" className={tableStyles["body"]} style={{ height: virtual.getTotalSize(), position: "relative" }}>
        {items.map((item) => {
          const row = rows[item.index];
          return (
            <ThingLine
              // Keys, not positions: the row under the reader's eye keeps its element when others come before it.
              key={row?.id ?? item.index}
              id={`${id}-${item.index}`}
              row={row}
              index={item.index}
              top={item.start - ROW_PX}
              active={item.index === at}
              now={now}
              onPoint={() => point(row)}
            />
          );
        })}
      </div>
    </div>
  );
}
