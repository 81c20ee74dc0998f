import type { RefObject } from "react";

import { Freshness } from "../../shared/ui/freshness";
import { Panel } from "../../shared/ui/panel";
import { Hits } from "./hits";
import styles from "./inventory.module.css";
import { Nothing, NothingFound } from "./nothing";
import { SearchNote } from "./search-note";
import { sortedBy, type InventorySearch } from "./search";
import { ThingGrid } from "./thing-grid";
import { ROW_PX } from "./thing-line";
import { titleOf } from "./title";
import type { Found } from "./use-search";
import type { Shown } from "./use-view";

const HEIGHT = "max(22rem, calc(100vh - 13.5rem))";

interface ThingsPanelProps {
  search: InventorySearch;
  shown: Shown;
  found: Found;
  list: RefObject<HTMLDivElement | null>;
  onChange(search: InventorySearch): void;
}

/** What the view has: everything in its order, or what was found for its words. */
export function ThingsPanel({ search, shown, found, list, onChange }: ThingsPanelProps) {
  const { view, state, pending } = shown;
  const q = search.q ?? "";
  return (
    <Panel
      flush
      title={titleOf(state, found, q)}
      aside={
        <div className={styles["tools"]}>
          {q === "" ? null : (
            <label className={styles["check"]}>
              <input type="checkbox" checked={!!search.explain} onChange={() => onChange({ ...search, explain: search.explain ? undefined : true })} />
              Explain
            </label>
          )}
          <Freshness asOf={q === "" ? state.asOf : found.asOf} />
        </div>
      }
    >
      {q !== "" ? (
        <>
          {found.answer ? <SearchNote answer={found.answer} /> : null}
          {found.answer?.hits.length === 0 && !found.pending ? <NothingFound search={search} /> : <Hits found={found} typed={q} height={HEIGHT} element={list} />}
        </>
      ) : state.total === 0 ? (
        <Nothing search={search} />
      ) : state.total === undefined && state.error ? null : (
        <ThingGrid view={view} state={state} pending={pending} search={search} height={gridHeight(state.total)} element={list} onSort={(by) => onChange(sortedBy(search, by))} />
      )}
    </Panel>
  );
}

/** As high as its rows, and no higher than the screen. */
function gridHeight(total: number | undefined): string {
  return total === undefined ? HEIGHT : `min(${(total + 1) * ROW_PX + 2}px, ${HEIGHT})`;
}
