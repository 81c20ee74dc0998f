import { Button } from "@mantine/core";
import { getRouteApi, useLocation } from "@tanstack/react-router";
import { useRef, useState } from "react";

import { CopyButton } from "../../shared/ui/copy-button";
import { Failure } from "../../shared/ui/message";
import { Page } from "../../shared/ui/page";
import { Chips } from "./chips-bar";
import { ExportDialog } from "./export-dialog";
import { FacetList } from "./facets";
import styles from "./inventory.module.css";
import { SavedViews, SaveViewDialog } from "./saved-views";
import { SearchBox } from "./search-box";
import type { InventorySearch } from "./search";
import { ThingsPanel } from "./things-panel";
import { useOpenFirst } from "./use-open-first";
import { useFound } from "./use-search";
import { useResourceView, useShown } from "./use-view";

const route = getRouteApi("/inventory");

/** Everything of every domain in one table: searched, narrowed, sorted, all of it in the address. */
export function InventoryPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { searchStr } = useLocation();
  const [asked, setAsked] = useState<"save" | "export" | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const shown = useShown(useResourceView(search));
  const { view, state } = shown;
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
          <SearchBox value={q} onSearch={searchFor} onOpenFirst={openFirst} onDown={() => list.current?.focus()} />
          <Chips search={search} onChange={change} />
          {state.error ? <Failure title="The inventory could not be read" error={state.error} retry={view.refresh} /> : null}
          {found.error && q !== "" ? <Failure title="The search did not work" error={found.error} retry={found.refresh} /> : null}
          <ThingsPanel search={search} shown={shown} found={found} list={list} onChange={change} />
        </div>
      </div>
      {asked === "save" ? <SaveViewDialog query={searchStr} onClose={() => setAsked(null)} /> : null}
      {asked === "export" ? <ExportDialog search={search} onClose={() => setAsked(null)} /> : null}
    </Page>
  );
}
