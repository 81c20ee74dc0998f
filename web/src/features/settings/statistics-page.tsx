import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { backend } from "../../shared/backend/instance";
import { count, rate } from "../../shared/format/number";
import { bytes } from "../../shared/format/quantity";
import { ago, moment } from "../../shared/format/time";
import { usePolled } from "../../shared/live/use-polled";
import { Empty } from "../../shared/ui/empty";
import { Facts } from "../../shared/ui/facts";
import { Freshness } from "../../shared/ui/freshness";
import { Failure } from "../../shared/ui/message";
import { Page } from "../../shared/ui/page";
import { Panel } from "../../shared/ui/panel";
import { Bars } from "./bars";
import styles from "./settings.module.css";
import { Table } from "./table";
import type { EventStatistics } from "./types";

const EVERY_MS = 2000;
const HEADS = [
  { name: "Type" },
  { name: "Now", end: true },
  { name: "Appended", end: true },
  { name: "Stored", end: true },
  { name: "Size", end: true },
  { name: "Merged", end: true },
  { name: "Dropped", end: true },
  { name: "Newest", end: true },
];

/** Figures of the journal: what comes, what is kept, and who lags behind. */
export function StatisticsPage() {
  const [paused, setPaused] = useState(false);
  const { data, error, asOf, refresh } = usePolled(["event-statistics"], (signal) => backend.request("get", "/v1/statistics/events", { signal }), paused ? false : EVERY_MS);
  return (
    <Page
      title="Event statistics"
      actions={
        <Button variant="default" onClick={() => setPaused(!paused)}>
          {paused ? "Go on" : "Pause"}
        </Button>
      }
    >
      {error ? <Failure title="The statistics could not be read" error={error} retry={refresh} /> : null}
      {data === undefined ? null : (
        <>
          <Panel title="The last minute" aside={<Freshness asOf={asOf} live="polled" />}>
            <LastMinute statistics={data} />
          </Panel>
          <Panel title="By type" aside={<Freshness asOf={asOf} live="polled" />} flush>
            <ByType statistics={data} />
          </Panel>
        </>
      )}
    </Page>
  );
}

function LastMinute({ statistics }: { statistics: EventStatistics }) {
  const { last_minute } = statistics;
  const now = last_minute.at(-1) ?? 0;
  const most = Math.max(0, ...last_minute);
  return (
    <div className={styles["stack"]}>
      <Bars label={`Events per second over the last minute: ${count(now)} now, ${count(most)} at most`} values={last_minute} />
      <Facts
        facts={[
          { name: "Per second, at most", value: count(most) },
          { name: "Readers", value: count(statistics.readers) },
          { name: "Slowest reader behind", value: count(statistics.lag_max) },
          { name: "Merged for slow readers", value: count(statistics.merged) },
          { name: "Gaps told", value: count(statistics.gaps) },
          { name: "Dropped by retention", value: count(statistics.dropped) },
          { name: "Could not be appended", value: statistics.failed > 0 ? <strong className={styles["bad"]}>{count(statistics.failed)}</strong> : "0" },
        ]}
      />
      <p className={styles["dim"]}>Counted since {moment(statistics.since)}, when the server started.</p>
    </div>
  );
}

function ByType({ statistics }: { statistics: EventStatistics }) {
  const types = Object.entries(statistics.types).toSorted(([a], [b]) => a.localeCompare(b));
  if (types.length === 0) {
    return (
      <Empty inset title="No event yet">
        Each type of event shows here with its figures as soon as there is one.
      </Empty>
    );
  }
  return (
    <Table label="Events by type" heads={HEADS}>
      {types.map(([type, figures]) => (
        <tr key={type}>
          <td>
            <Link to="/events" search={{ types: type }}>
              {type.replace(/^groma\./, "")}
            </Link>
          </td>
          <td className={styles["end"]}>{rate(figures.per_second)}</td>
          <td className={styles["end"]}>{count(figures.appended)}</td>
          <td className={styles["end"]}>{count(figures.stored)}</td>
          <td className={`${styles["end"]} ${styles["nowrap"]}`}>{bytes(figures.bytes)}</td>
          <td className={styles["end"]}>{count(figures.merged)}</td>
          <td className={styles["end"]}>{count(figures.dropped)}</td>
          <td className={`${styles["end"]} ${styles["nowrap"]}`}>{figures.last_at ? ago(figures.last_at) : "–"}</td>
        </tr>
      ))}
    </Table>
  );
}
