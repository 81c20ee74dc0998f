import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { ago, moment } from "../../shared/format/time";
import { Kind } from "../../shared/thing/kind-word";
import { isStale, scopeText } from "../../shared/thing/scope";
import { ThingState } from "../../shared/thing/thing-state";
import styles from "./inventory.module.css";
import type { ThingRow } from "./resource-view";
import type { Sort } from "./search";

export interface ThingColumn {
  id: string;
  name: string;
  /** A track of a CSS grid. */
  width: string;
  align?: "end";
  sort?: Sort;
  cell(row: ThingRow, now: number): ReactNode;
}

const TAGS_MAX = 4;

export const COLUMNS: readonly ThingColumn[] = [
  { id: "kind", name: "Kind", width: "minmax(7rem, 8.6rem)", sort: "kind", cell: ({ kind }) => <Kind kind={kind} /> },
  {
    id: "name",
    name: "Name",
    width: "minmax(11rem, 1.9fr)",
    sort: "name",
    // Reached by the rows' own keys: a list of 50,000 must not be 50,000 stops.
    cell: ({ id, name }) => (
      <Link to="/inventory/$id" params={{ id }} className={styles["name"]} tabIndex={-1} title={name}>
        {name || id}
      </Link>
    ),
  },
  { id: "state", name: "State", width: "minmax(6rem, 6.8rem)", sort: "state", cell: ({ state, deleted_at }) => <ThingState state={state} deleted={!!deleted_at} /> },
  { id: "scope", name: "Scope", width: "minmax(7rem, 1.2fr)", cell: ({ scope }) => <span className={styles["small"]} title={scopeText(scope)}>{scopeText(scope) || "–"}</span> },
  { id: "tags", name: "Tags", width: "minmax(3.5rem, 0.7fr)", cell: ({ tags }) => <Tags tags={tags} /> },
  { id: "seen", name: "Last seen", width: "5.9rem", align: "end", sort: "last_seen", cell: ({ last_seen, deleted_at }, now) => <Seen at={last_seen} now={now} gone={!!deleted_at} /> },
  { id: "changed", name: "Changed", width: "5.4rem", align: "end", sort: "last_changed", cell: ({ last_changed }, now) => <span title={moment(last_changed, now)}>{ago(last_changed, now)}</span> },
];

/** When a thing was last seen; what nobody saw for long is marked. */
export function Seen({ at, now, gone = false }: { at: string; now: number; gone?: boolean }) {
  const stale = !gone && isStale(at, now);
  return (
    <span className={stale ? styles["stale"] : ""} title={`${stale ? "stale, last seen " : ""}${moment(at, now)}`}>
      {stale ? <span aria-hidden="true">□ </span> : null}
      {ago(at, now)}
      {stale ? <span className="sr-only">, stale</span> : null}
    </span>
  );
}

function Tags({ tags }: { tags: ThingRow["tags"] }) {
  const entries = Object.entries(tags);
  if (entries.length === 0) return <span className={styles["dim"]}>–</span>;
  return (
    <span title={entries.map(([key, value]) => `${key}=${value}`).join("\n")}>
      {entries.slice(0, TAGS_MAX).map(([key, value]) => (
        <span key={key} className={styles["tag"]}>
          {value === "" ? key : `${key}=${value}`}
        </span>
      ))}
      {entries.length > TAGS_MAX ? <span className={styles["dim"]}>+{entries.length - TAGS_MAX}</span> : null}
    </span>
  );
}
