import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, type ReactNode } from "react";

import styles from "./virtual-table.module.css";

export interface Column<R> {
  id: string;
  name: string;
  /** A track of a CSS grid: `12rem`, `minmax(8rem, 1fr)`. */
  width: string;
  align?: "end";
  cell(row: R): ReactNode;
  sortable?: boolean;
}

export interface Sorting {
  by: string;
  descending: boolean;
}

interface VirtualTableProps<R> {
  label: string;
  columns: readonly Column<R>[];
  rows: readonly R[];
  rowKey(row: R): string;
  height: string;
  selected?: string | undefined;
  onSelect?(key: string): void;
  sorting?: Sorting;
  onSort?(by: string): void;
  /** Whether the end stays in view while rows arrive, until the reader scrolls away from it. */
  follow?: boolean;
  onFollow?(follow: boolean): void;
}

const ROW_PX = 32;
const NEAR_END_PX = 40;

/** A table of which only the rows in view are in the page; scroll and selection stay while it updates. */
export function VirtualTable<R>(props: VirtualTableProps<R>) {
  const { columns, rows, rowKey, follow = false, onFollow } = props;
  const scroll = useRef<HTMLDivElement>(null);
  // Keys, not positions: the row under the reader's eye keeps its element when others come before it.
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
    scrollMargin: ROW_PX,
  });
  const template = columns.map((column) => column.width).join(" ");
  const last = rows.length === 0 ? undefined : rowKey(rows[rows.length - 1] as R);

  useEffect(() => {
    const element = scroll.current;
    if (follow && element !== null) element.scrollTop = element.scrollHeight;
  }, [follow, last, rows.length]);

  const onScroll = (): void => {
    const element = scroll.current;
    if (element === null || onFollow === undefined) return;
    const atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END_PX;
    if (atEnd !== follow) onFollow(atEnd);
  };

  return (
    // A scrolling region takes the focus so that the keyboard can scroll it.
    <div
      ref={scroll}
      className={styles["scroll"]}
      style={{ height: props.height }}
      onScroll={onScroll}
      tabIndex={0}
      role="table"
      aria-label={props.label}
      aria-rowcount={rows.length + 1}
    >
      <div role="rowgroup" className={styles["head"]}>
        <div role="row" aria-rowindex={1} className={styles["row"]} style={{ gridTemplateColumns: template }}>
          {columns.map((column) => (
            <HeadCell key={column.id} column={column} {...pick(props)} />
          ))}
        </div>
      </div>
      <div
        role="rowgroup"
        className={styles["body"]}
        style={{ height: virtual.getTotalSize(), position: "relative" }}
      >
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index] as R;
          const key = rowKey(row);
          const selected = key === props.selected;
          return (
            <div
              key={key}
              role="row"
              aria-rowindex={item.index + 2}
              aria-current={selected ? "true" : undefined}
              className={[styles["row"], props.onSelect ? styles["selectable"] : "", selected ? styles["selected"] : ""].join(" ")}
              style={{ gridTemplateColumns: template, top: item.start - ROW_PX }}
            >
              {columns.map((column, index) => (
                <div key={column.id} role="cell" className={`${styles["cell"]} ${column.align ? styles["end"] : ""}`}>
                  {index === 0 && props.onSelect ? (
                    <button type="button" className={styles["open"]} aria-pressed={selected} onClick={() => props.onSelect?.(key)}>
                      {column.cell(row)}
                    </button>
                  ) : (
                    column.cell(row)
                  )}
                </div>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}

interface HeadProps {
  sorting?: Sorting | undefined;
  onSort?: ((by: string) => void) | undefined;
}

function pick<R>(props: VirtualTableProps<R>): HeadProps {
  return { sorting: props.sorting, onSort: props.onSort };
}

/** The head of a column, which sorts by it where it can. */
export function HeadCell<R>({ column, sorting, onSort }: HeadProps & { column: Omit<Column<R>, "cell"> }) {
  const sorted = sorting?.by === column.id;
  const direction = sorting?.descending ? "descending" : "ascending";
  return (
    <div
      role="columnheader"
      aria-sort={sorted ? direction : undefined}
      className={`${styles["headcell"]} ${column.align ? styles["end"] : ""}`}
    >
      {column.sortable && onSort ? (
        <button type="button" onClick={() => onSort(column.id)}>
          {column.name}
          <span aria-hidden="true">{sorted ? (sorting.descending ? " ↓" : " ↑") : ""}</span>
        </button>
      ) : (
        column.name
      )}
    </div>
  );
}
