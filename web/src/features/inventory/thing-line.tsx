import { HeadCell } from "../../shared/ui/virtual-table";
import tableStyles from "../../shared/ui/virtual-table.module.css";
import { COLUMNS } from "./columns";
import styles from "./inventory.module.css";
import type { ThingRow } from "./resource-view";
import { orderOf, type InventorySearch, type Sort } from "./search";

export const ROW_PX = 32;
const TEMPLATE = COLUMNS.map(({ width }) => width).join(" ");

/** The heads of the columns, which sort where the server can. */
export function ThingHeads({ search, onSort }: { search: InventorySearch; onSort(by: Sort): void }) {
  const order = orderOf(search);
  return (
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

/** One thing as a row; one that was not read yet keeps its place. */
export function ThingLine({ id, row, index, top, active, now, onPoint }: RowProps) {
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
