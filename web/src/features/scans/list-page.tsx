import { NativeSelect } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";

import type { ScanStatus } from "../../api/types";
import { useLive } from "../../shared/live/use-live";
import { Freshness } from "../../shared/ui/freshness";
import { LinkButton } from "../../shared/ui/link-button";
import { Empty } from "../../shared/ui/empty";
import { Failure } from "../../shared/ui/message";
import { Page } from "../../shared/ui/page";
import { Panel } from "../../shared/ui/panel";
import { listOptions } from "./list-live";
import { OlderScans } from "./older-scans";
import { ScanTable } from "./scan-table";

const route = getRouteApi("/scans");
const CHOICES = [
  { value: "", label: "Every status" },
  { value: "running", label: "Running" },
  { value: "queued", label: "Queued" },
  { value: "completed", label: "Completed" },
  { value: "cancelled", label: "Cancelled" },
  { value: "failed", label: "Failed" },
];

/** Every scan, those under way on top. */
export function ScanListPage() {
  const { status } = route.useSearch();
  const navigate = route.useNavigate();
  const { data, error, asOf, refresh } = useLive(`scans:${status ?? ""}`, () => listOptions(status));
  return (
    <Page
      title="Scans"
      actions={
        <>
          <NativeSelect
            aria-label="Show scans with status"
            data={CHOICES}
            value={status ?? ""}
            onChange={(event) => {
              const chosen = event.currentTarget.value;
              void navigate({ search: chosen === "" ? {} : { status: chosen as ScanStatus }, replace: true });
            }}
          />
          <LinkButton to="/scans/new">New scan</LinkButton>
        </>
      }
    >
      {error ? <Failure title="The scans could not be read" error={error} retry={refresh} /> : null}
      {data === undefined && error ? null : (
        <Panel title="History" aside={<Freshness asOf={asOf} />} flush>
          {data?.scans.length === 0 ? (
            <Nothing filtered={status !== undefined} />
          ) : (
            <>
              <ScanTable scans={data?.scans ?? []} />
              <OlderScans key={status ?? ""} cursor={data?.cursor ?? null} status={status} />
            </>
          )}
        </Panel>
      )}
    </Page>
  );
}

function Nothing({ filtered }: { filtered: boolean }) {
  return filtered ? (
    <Empty inset title="No scan has this status" action={<LinkButton to="/scans" variant="default">Show every status</LinkButton>}>
      Scans with the chosen status would be listed here.
    </Empty>
  ) : (
    <Empty inset title="No scan yet" action={<LinkButton to="/scans/new">Start the first scan</LinkButton>} command="groma scan network 10.1.0.0/24 --ports 1-1024">
      Every scan is listed here: what it looked at, how far it is, and what it found.
    </Empty>
  );
}
