import { Button } from "@mantine/core";
import { getRouteApi, useLocation } from "@tanstack/react-router";
import { useRef, useState } from "react";

import { CopyButton } from "../../shared/ui/copy-button";
import { Freshness } from "../../shared/ui/freshness";
import { Failure } from "../../shared/ui/message";
import { Page } from "../../shared/ui/page";
import { Panel } from "../../shared/ui/panel";
import { Chips } from "./chips-bar";
import { ExportDialog } from "./export-dialog";
import { FacetList } from "./facets";
import { Hits } from "./hits";
import styles from "./inventory.module.css";
import { Nothing, NothingFound } from "./nothing";
import { SavedViews, SaveViewDialog } from "./saved-views";
import { SearchBox, type SearchBoxHandle } from "./search-box";
import { SearchNote } from "./search-note";
import { sortedBy, type InventorySearch } from "./search";
import { ROW_PX, ThingGrid } from "./thing-grid";
import { titleOf } from "./title";
import { useOpenFirst } from "./use-open-first";
import { useFound } from "./use-search";
import { useResourceView, useShown } from "./use-view";

const route = getRouteApi("/inventory");
const HEIGHT = "max(22rem, calc(100vh - 13.5rem))";

/** Everything of every domain in one table: searched, narrowed, sorted, all of it in the address. */
export function InventoryPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { searchStr } = useLocation();
  const [asked, setAsked] = useState<"save" | "export" | null>(null);
  const box = useRef<SearchBoxHandle>(null);
  const list = useRef<HTMLDivElement>(null);
  const { view, state, pending } = useShown(useResourceView(search));
  const found = useFound(search, state.sequence);
  const q = search.q ?? "";
  const openFirst = useOpenFirst(found, q);
  const change = (next: InventorySearch): void => void navigate({ search: next, resetScroll: false });
  // Typing makes no steps to go back through.
  const searchFor = (text: string): void => void navigate({ search: (before) => ({ ...before, q: text || undefined }), replace: true, resetScroll: false });

  return (
    <Page
      title="Inventory"
      actions={
        <>
          <Button variant="default" onClick={() => setAsked("save")}>
            Save view…
          </Button>
          <CopyButton size="compact-sm" text={location.href} label="Copy link" />
          <Button variant="default" onClick={() => setAsked("export")}>
            Export…
          </Button>
        </>
      }
    >
      <div className={styles["columns"]}>
        <aside className={styles["side"]} aria-label="Narrow down" tabIndex={0}>
          <SavedViews />
          <FacetList facets={state.facets} search={search} onChange={change} />
          {q === "" ? null : <p className={styles["tiny"]}>Counts are of everything that fits the filters, not of what was found.</p>}
        </aside>
        <div className={styles["main"]}>
          <SearchBox ref={box} value={q} onSearch={searchFor} onOpenFirst={openFirst} onDown={() => list.current?.focus()} />
          <Chips search={search} onChange={change} />
          {state.error ? <Failure title="The inventory could not be read" error={state.error} retry={view.refresh} /> : null}
          {found.error && q !== "" ? <Failure title="The search did not work" error={found.error} retry={found.refresh} /> : null}
          <Panel
            flush
            title={titleOf(state, found, q)}
            aside={
              <div className={styles["tools"]}>
                {q === "" ? null : (
                  <label className={styles["check"]}>
                    <input type="checkbox" checked={!!search.explain} onChange={() => change({ ...search, explain: search.explain ? undefined : true })} />
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
              <ThingGrid pending={pending} view={view} state={state} search={search} height={gridHeight(state.total)} element={list} onSort={(by) => change(sortedBy(search, by))} />
            )}
          </Panel>
        </div>
      </div>
      {asked === "save" ? <SaveViewDialog query={searchStr} onClose={() => setAsked(null)} /> : null}
      {asked === "export" ? <ExportDialog search={search} onClose={() => setAsked(null)} /> : null}
    </Page>
  );
}

/** As high as its rows, and no higher than the screen. */
function gridHeight(total: number | undefined): string {
  return total === undefined ? HEIGHT : `min(${(total + 1) * ROW_PX + 2}px, ${HEIGHT})`;
}
