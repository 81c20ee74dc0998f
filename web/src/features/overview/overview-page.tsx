import { Link } from "@tanstack/react-router";

import type { Summary } from "../../api/types";
import { count } from "../../shared/format/number";
import { useLive } from "../../shared/live/use-live";
import { kindWords } from "../../shared/thing/kind";
import { stateWord } from "../../shared/thing/state";
import { JobCard } from "../../shared/scan/job-card";
import { Empty } from "../../shared/ui/empty";
import { Facts, type Fact } from "../../shared/ui/facts";
import { Freshness } from "../../shared/ui/freshness";
import { LinkButton } from "../../shared/ui/link-button";
import { Failure } from "../../shared/ui/message";
import { Page } from "../../shared/ui/page";
import { Panel } from "../../shared/ui/panel";
import { ChangeList } from "./change-list";
import { LastScan } from "./last-scan";
import { overviewOptions } from "./overview-live";
import styles from "./overview-page.module.css";
import { CommandCard, PlanCard, runningOptions } from "./running-executions";

/** What there is, what runs, what changed. */
export function OverviewPage() {
  const { data, error, asOf, refresh } = useLive("overview", overviewOptions);
  // Of its own: the overview stands without it.
  const { data: running } = useLive("overview-executions", runningOptions);
  const fresh = <Freshness asOf={asOf} />;
  return (
    <Page title="Overview" actions={<LinkButton to="/scans/new">New scan</LinkButton>}>
      {error ? <Failure title="The overview could not be read" error={error} retry={refresh} /> : null}
      {data === undefined ? (
        error ? null : <Panel title="Inventory" aside={fresh}>Reading…</Panel>
      ) : (
        <>
          <Panel title="Inventory" aside={fresh}>
            {Object.keys(data.summary.things).length === 0 ? <Nothing /> : <Facts look="big" facts={things(data.summary)} />}
          </Panel>
          <Panel title="Running" aside={fresh} flush>
            {data.summary.active.length === 0 && !running?.plans.length && !running?.commands.length ? (
              <Empty inset title="No job is running">
                A scan, a command or a plan shows here while it runs, with its progress and how to stop it.
              </Empty>
            ) : (
              <>
                {data.summary.active.map((scan) => (
                  <JobCard key={scan.id} scan={scan} />
                ))}
                {running?.plans.map((plan) => (
                  <PlanCard key={plan.id} plan={plan} />
                ))}
                {running?.commands.map((command) => (
                  <CommandCard key={command.id} command={command} />
                ))}
              </>
            )}
          </Panel>
          <div className={styles["columns"]}>
            <Panel title="Last scan" aside={fresh}>
              <LastScan scan={data.summary.last ?? null} />
            </Panel>
            <Panel title="Changed lately" aside={fresh} flush>
              <ChangeList changes={data.changes} />
            </Panel>
          </div>
        </>
      )}
    </Page>
  );
}

function Nothing() {
  return (
    <Empty title="Nothing is known yet" action={<LinkButton to="/scans/new">Scan a network</LinkButton>} command="groma scan network 10.1.0.0/24">
      Hosts and services show here as soon as a scan finds them.
    </Empty>
  );
}

function things(summary: Summary): Fact[] {
  const kinds = Object.entries(summary.things).flatMap(([kind, states]) =>
    Object.entries(states).map(([state, amount]) => ({ name: `${kindWords(kind).many} ${stateWord(state)}`, value: <Of search={{ type: kind, state }} amount={amount} /> })),
  );
  return [
    ...kinds,
    { name: "Added in 24 h", value: count(summary.added_last_day) },
    { name: "Changed in 24 h", value: <Of search={{ changed: "24h" }} amount={summary.changed_last_day} /> },
    { name: "Not seen for 7 days", value: <Of search={{ unseen: "7d" }} amount={summary.stale} /> },
  ];
}

/** A count that leads to what it counts. */
function Of({ search, amount }: { search: { type?: string; state?: string; changed?: string; unseen?: string }; amount: number }) {
  return (
    <Link to="/inventory" search={search} className={styles["count"]}>
      {count(amount)}
    </Link>
  );
}
