import { Button } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import { useMemo, useState, useSyncExternalStore } from "react";

import { backend } from "../../shared/backend/instance";
import { count, counted } from "../../shared/format/number";
import { clockMillis } from "../../shared/format/time";
import { CopyButton } from "../../shared/ui/copy-button";
import { Empty } from "../../shared/ui/empty";
import { Freshness } from "../../shared/ui/freshness";
import { Failure } from "../../shared/ui/message";
import { Page } from "../../shared/ui/page";
import { Panel } from "../../shared/ui/panel";
import { useThrottled } from "../../shared/ui/use-throttled";
import { VirtualTable, type Column } from "../../shared/ui/virtual-table";
import { EventPanel } from "./event-panel";
import styles from "./events-page.module.css";
import { Filters } from "./filters";
import type { EventsSearch } from "./search";
import { summarise } from "./summarise";
import { Tail, type Row, type TailState } from "./tail";

const route = getRouteApi("/events");
/** Nobody reads faster, and under thousands of events a second the page stays at hand. */
const PAINT_MS = 150;

const COLUMNS: readonly Column<Row>[] = [
  { id: "time", name: "Time", width: "7.5rem", cell: ({ event }) => <span className="mono">{clockMillis(event.time)}</span> },
  { id: "type", name: "Type", width: "minmax(9rem, 15rem)", cell: ({ event }) => <span className={event.type.startsWith("groma.system.stream_") ? styles["control"] : ""}>{event.type.replace(/^groma\./, "")}</span> },
  { id: "what", name: "What", width: "minmax(12rem, 1fr)", cell: ({ event }) => summarise(event) },
  { id: "subject", name: "Subject", width: "minmax(5rem, 9rem)", cell: ({ event }) => <span className={`mono ${styles["dim"]}`}>{short(event.subject)}</span> },
  { id: "number", name: "No.", width: "5.5rem", align: "end", cell: ({ event }) => <span className={styles["dim"]}>{numberOf(event.sequence)}</span> },
];

const NARROW = COLUMNS.filter((column) => column.id !== "subject");

/** The journal, live or from a point on. */
export function EventsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { types = "", subject = "", from = "" } = search;
  const change = (part: EventsSearch): void => void navigate({ search: (before) => ({ ...before, ...part }), replace: true });
  const tail = useMemo(() => new Tail(backend, { types, subject, from }), [types, subject, from]);
  const state = useThrottled(useSyncExternalStore(tail.listen, tail.get), PAINT_MS);

  return (
    <Page
      title="Events"
      actions={
        <>
          {state.paused ? <Button onClick={tail.resume}>Go on</Button> : <Button variant="default" onClick={tail.pause}>Pause</Button>}
          <Button variant="default" disabled={from === "oldest"} onClick={() => change({ from: "oldest", event: undefined })}>
            Replay from start
          </Button>
          <CopyButton size="compact-sm" text={location.href} label="Copy link" />
        </>
      }
    >
      <Panel title="Filter">
        <Filters key={`${types} ${subject} ${from}`} search={search} onChange={change} />
      </Panel>
      {state.error ? <Failure title="The events could not be read" error={state.error} retry={tail.retry} /> : null}
      <Journal state={state} search={search} onChange={change} />
    </Page>
  );
}

interface JournalProps {
  state: TailState;
  search: EventsSearch;
  onChange(part: EventsSearch): void;
}

function Journal({ state, search, onChange }: JournalProps) {
  // A replay is read from its beginning; the live end is followed.
  const [follow, setFollow] = useState(search.from === undefined);
  const chosen = search.event === undefined ? undefined : state.rows.find((row) => row.key === search.event)?.event;
  return (
    <Panel
      title={counted(state.rows.length, "event")}
      flush
      aside={
        <div className={styles["tools"]}>
          {follow || state.rows.length === 0 ? null : (
            <Button size="compact-xs" variant="default" onClick={() => setFollow(true)}>
              Jump to newest
            </Button>
          )}
          {state.paused ? <span className={styles["dim"]}>paused: nothing is lost, it goes on from here</span> : <Freshness asOf={state.asOf} />}
        </div>
      }
    >
      {state.dropped > 0 ? <p className={styles["note"]}>{count(state.dropped)} older rows were let go from this view; the journal has them still.</p> : null}
      {state.rows.length === 0 ? (
        <Empty inset title="No event yet" command={command(search)}>
          {search.types || search.subject ? "No event fits the filter so far. New ones show here the moment they happen." : "Everything that Groma finds and does shows here the moment it happens."}
        </Empty>
      ) : (
        <div className={`${styles["body"]} ${chosen ? styles["withEvent"] : ""}`}>
          <VirtualTable
            label="Events"
            columns={chosen ? NARROW : COLUMNS}
            rows={state.rows}
            rowKey={(row) => row.key}
            height="max(20rem, calc(100vh - 21rem))"
            selected={search.event}
            onSelect={(key) => onChange({ event: key === search.event ? undefined : key })}
            follow={follow}
            onFollow={setFollow}
          />
          {chosen ? <EventPanel event={chosen} onChange={onChange} /> : null}
        </div>
      )}
    </Panel>
  );
}

function short(subject: string | null | undefined): string {
  if (!subject) return "";
  const [kind = "", id = ""] = subject.split("/");
  return `${kind}/${id.slice(-8)}`;
}

/** The count inside a position, for people to compare by; programs take it whole. */
function numberOf(sequence: string | null | undefined): string {
  return sequence ? count(Number(sequence.split("-").at(-1))) : "–";
}

function command(search: EventsSearch): string {
  const words = ["groma events tail --follow"];
  if (search.types) words.push(`--types '${search.types}'`);
  if (search.subject) words.push(`--subject ${search.subject}`);
  return words.join(" ");
}
