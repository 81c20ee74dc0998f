import { useVirtualizer } from "@tanstack/react-virtual";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useId, useLayoutEffect, useRef, useState, type KeyboardEvent, type RefObject } from "react";

import { HeadCell } from "../../shared/ui/virtual-table";
import tableStyles from "../../shared/ui/virtual-table.module.css";
import { useNow } from "../../shared/ui/use-now";
import { COLUMNS } from "./columns";
import styles from "./inventory.module.css";
import type { ResourceView, ResourceViewState, ThingRow } from "./resource-view";
import { forRows, rowKey } from "./row-keys";
import { orderOf, type InventorySearch, type Sort } from "./search";

export const ROW_PX = 32;
const TEMPLATE = COLUMNS.map(({ width }) => width).join(" ");
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
  const order = orderOf(search);
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
      <div role="rowgroup" className={tableStyles["head"]}>
        <div role="row" aria-rowindex={1} className={tableStyles["row"]} style={{ gridTemplateColumns: TEMPLATE }}>
          {COLUMNS.map(({ sort, ...column }) => (
            <HeadCell
              key={column.id}
              column={{ ...column, id: sort ?? column.id, sortable: sort !== undefined }}
              sorting={{ by: order.sort, descending: order.order === "desc" }}
              onSort={(by) => onSort(by as Sort)}
            />
          ))}
        </div>
      </div>
      <div role="rowgroup" className={tableStyles["body"]} style={{ height: virtual.getTotalSize(), position: "relative" }}>
        {items.map((item) => {
          const row = rows[item.index];
          return (
            <Row
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

interface RowProps {
  id: string;
  row: ThingRow | undefined;
  index: number;
  top: number;
  active: boolean;
  now: number;
  onPoint(): void;
}

function Row({ id, row, index, top, active, now, onPoint }: RowProps) {
  const look = [tableStyles["row"], tableStyles["selectable"], active ? tableStyles["selected"] : ""].join(" ");
  return (
    <div
      role="row"
      id={id}
      aria-rowindex={index + 2}
      aria-selected={active}
      aria-busy={row === undefined || undefined}
      className={look}
      style={{ gridTemplateColumns: TEMPLATE, top }}
      onPointerDown={onPoint}
    >
      {COLUMNS.map((column) => (
        <div key={column.id} role="gridcell" className={`${tableStyles["cell"]} ${column.align ? tableStyles["end"] : ""}`}>
          {row === undefined ? column.id === "name" ? <span className={styles["dim"]}>reading…</span> : null : column.cell(row, now)}
        </div>
      ))}
    </div>
  );
}

/** Scrolls so that a row stands in view, below the heads. */
function showRow(scroll: HTMLElement | null, index: number): void {
  if (scroll === null) return;
  const top = index * ROW_PX;
  const bottom = top + 2 * ROW_PX - scroll.clientHeight;
  if (scroll.scrollTop > top) scrollTo(scroll, top);
  else if (scroll.scrollTop < bottom) scrollTo(scroll, bottom);
}

function scrollTo(scroll: HTMLElement, top: number): void {
  scroll.scrollTop = top;
}

/** Keeps the row that stands on top where it is when others come or go above it; at the very top, what is new shows. */
function useKeptPlace(view: ResourceView, rows: readonly ThingRow[], element: RefObject<HTMLDivElement | null>): void {
  const before = useRef<{ view: ResourceView; rows: readonly ThingRow[] }>({ view, rows });
  useLayoutEffect(() => {
    const scroll = element.current;
    const known = before.current;
    before.current = { view, rows };
    if (scroll === null) return;
    if (known.view !== view) {
      scrollTo(scroll, view.scrollTop);
      return;
    }
    if (known.rows === rows || scroll.scrollTop < ROW_PX) return;
    const index = Math.floor(scroll.scrollTop / ROW_PX);
    const key = known.rows[index]?.id;
    if (key === undefined || rows[index]?.id === key) return;
    const moved = rows.findIndex((row) => row.id === key);
    if (moved !== -1) scrollTo(scroll, scroll.scrollTop + (moved - index) * ROW_PX);
  }, [view, rows, element]);
}
