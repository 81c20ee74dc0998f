import { Button, TextInput } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";

import { Dialog } from "../../shared/ui/dialog";
import { notify } from "../../shared/ui/notices-store";
import styles from "./inventory.module.css";
import { validateInventorySearch, type InventorySearch } from "./search";
import { NAME_MAX, useSavedViews } from "./views";

const READY: readonly { name: string; search: InventorySearch }[] = [
  { name: "Everything", search: {} },
  { name: "Changed in the last day", search: { changed: "24h" } },
  { name: "Not seen for a week", search: { unseen: "7d", sort: "last_seen", order: "asc" } },
  { name: "Deleted", search: { deleted: "only" } },
];

/** Views that are ready, and those that were kept under a name. */
export function SavedViews() {
  const { views, remove } = useSavedViews();
  return (
    <nav aria-label="Views" className={styles["views"]}>
      <ul>
        {READY.map(({ name, search }) => (
          <li key={name}>
            <Link to="/inventory" search={search} activeOptions={{ exact: true, includeSearch: true }}>
              {name}
            </Link>
          </li>
        ))}
        {views.map(({ name, query }) => (
          <li key={`saved ${name}`}>
            <Link to="/inventory" search={searchOf(query)} activeOptions={{ exact: true, includeSearch: true }}>
              {name}
            </Link>
            <button type="button" className={styles["drop"]} aria-label={`Forget the view ${name}`} onClick={() => remove(name)}>
              ×
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** Returns the view of a stored address, in which the router wrote some values as JSON. */
function searchOf(query: string): InventorySearch {
  const raw: Record<string, unknown> = {};
  for (const [name, value] of new URLSearchParams(query)) raw[name] = readValue(value);
  return validateInventorySearch(raw);
}

function readValue(text: string): unknown {
  if (text !== "true" && !text.startsWith('"')) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Asks under which name the view that shows is kept. */
export function SaveViewDialog({ query, onClose }: { query: string; onClose(): void }) {
  const { views, save } = useSavedViews();
  const [name, setName] = useState("");
  const trimmed = name.trim();
  const replaces = views.some((view) => view.name === trimmed);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save({ name: trimmed, query });
    notify({ kind: "done", text: `The view ${trimmed} is kept in this browser.` });
    onClose();
  };
  return (
    <Dialog title="Save this view" onClose={onClose}>
      <form className={styles["stack"]} onSubmit={submit}>
        <TextInput label="Name" data-first required maxLength={NAME_MAX} value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <p className={styles["dim"]}>
          Filters, words and order are kept, in this browser only. To share a view, copy its link: it is all in the address.
          {replaces ? " The view of that name is replaced." : ""}
        </p>
        <div className={styles["buttons"]}>
          <Button variant="default" onClick={onClose}>
            Not now
          </Button>
          <Button type="submit" disabled={trimmed === ""}>
            Save view
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
