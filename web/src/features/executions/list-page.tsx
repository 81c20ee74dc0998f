import { NativeSelect } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";

import { useLive } from "../../shared/live/use-live";
import { Empty } from "../../shared/ui/empty";
import { Freshness } from "../../shared/ui/freshness";
import { LinkButton } from "../../shared/ui/link-button";
import { Failure } from "../../shared/ui/message";
import { Page } from "../../shared/ui/page";
import { Panel } from "../../shared/ui/panel";
import { ExecutionTable } from "./execution-table";
import { listOptions } from "./list-live";
import { OlderExecutions, OlderPlans } from "./older";
import { PlanTable } from "./plan-table";
import type { Shown } from "./search";

const route = getRouteApi("/executions");
const CHOICES = [
  { value: "", label: "Every status" },
  { value: "active", label: "Running or waiting" },
  { value: "completed", label: "Completed" },
  { value: "failed", label: "Failed" },
  { value: "timed_out", label: "Timed out" },
  { value: "cancelled", label: "Cancelled" },
  { value: "lost", label: "Lost" },
  { value: "skipped", label: "Skipped" },
];

/** Commands and plans, those under way on top. */
export function ExecutionListPage() {
  const { show } = route.useSearch();
  const navigate = route.useNavigate();
  const { data, error, asOf, refresh } = useLive(`executions:${show ?? ""}`, () => listOptions(show));
  const fresh = <Freshness asOf={asOf} />;
  return (
    <Page
      title="Executions"
      actions={
        <>
          <NativeSelect
            aria-label="Show executions with status"
            data={CHOICES}
            value={show ?? ""}
            onChange={(event) => {
              const chosen = event.currentTarget.value;
              void navigate({ search: chosen === "" ? {} : { show: chosen as Shown }, replace: true });
            }}
          />
          <LinkButton to="/executions/new">Run a command</LinkButton>
        </>
      }
    >
      {error ? <Failure title="The executions could not be read" error={error} retry={refresh} /> : null}
      {data?.plans.length ? (
        <Panel title="Plans" aside={fresh} flush>
          <PlanTable plans={data.plans} />
          <OlderPlans key={show ?? ""} cursor={data.planCursor} show={show} />
        </Panel>
      ) : null}
      {data === undefined && error ? null : (
        <Panel title="Commands" aside={fresh} flush>
          {data?.executions.length === 0 ? (
            <Nothing filtered={show !== undefined} />
          ) : (
            <>
              <ExecutionTable executions={data?.executions ?? []} />
              <OlderExecutions key={show ?? ""} cursor={data?.cursor ?? null} show={show} />
            </>
          )}
        </Panel>
      )}
    </Page>
  );
}

function Nothing({ filtered }: { filtered: boolean }) {
  return filtered ? (
    <Empty inset title="No command has this status" action={<LinkButton to="/executions" variant="default">Show every status</LinkButton>}>
      Commands with the chosen status would be listed here.
    </Empty>
  ) : (
    <Empty inset title="Nothing ran yet" action={<LinkButton to="/executions/new">Run a command</LinkButton>} command="groma exec -- ./deploy.sh --region eu-west-1">
      Every command and plan is listed here: who ran it, every line that it wrote, what it ended with, and whether anything of it is left.
    </Empty>
  );
}
