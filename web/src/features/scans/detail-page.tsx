import { getRouteApi, Link } from "@tanstack/react-router";

import type { Scan } from "../../api/types";
import { counted } from "../../shared/format/number";
import { moment } from "../../shared/format/time";
import { useLive } from "../../shared/live/use-live";
import { scanCommand } from "../../shared/scan/command";
import { ended, shortId, targetsOf } from "../../shared/scan/describe";
import { CommandLine } from "../../shared/ui/command-line";
import { Facts } from "../../shared/ui/facts";
import { Freshness } from "../../shared/ui/freshness";
import { Failure } from "../../shared/ui/message";
import { Page } from "../../shared/ui/page";
import { Panel } from "../../shared/ui/panel";
import { Prose } from "../../shared/ui/prose";
import { detailOptions } from "./detail-live";
import styles from "./detail-page.module.css";
import { DiffPanel } from "./diff-panel";
import { EndNotice } from "./end-notice";
import { HostsPanel } from "./hosts-panel";
import { ScanActions } from "./scan-actions";
import { StatusPanel } from "./status-panel";

const route = getRouteApi("/scans/$id");

/** One scan: live while it runs, its record afterwards. */
export function ScanDetailPage() {
  const { id } = route.useParams();
  return <Detail key={id} id={id} />;
}

function Detail({ id }: { id: string }) {
  const { data, error, asOf, refresh } = useLive(`scan:${id}`, () => detailOptions(id));
  if (data === undefined) {
    return (
      <Page title={`Scan ${shortId(id)}`}>
        {error ? <Failure title="The scan could not be read" error={error} retry={refresh} /> : <p role="status">Reading…</p>}
      </Page>
    );
  }
  const { scan } = data;
  const fresh = <Freshness asOf={asOf} live={!ended(scan)} />;
  return (
    <Page title={`Scan of ${targetsOf(scan)}`} actions={<ScanActions scan={scan} onChanged={refresh} />}>
      {error ? <Failure title="The scan could not be read anew" error={error} retry={refresh} /> : null}
      {ended(scan) ? <EndNotice scan={scan} /> : null}
      <StatusPanel scan={scan} samples={data.samples} fresh={fresh} />
      {scan.warnings?.length ? <Warnings warnings={scan.warnings} fresh={fresh} /> : null}
      <HostsPanel state={data} fresh={fresh} />
      {ended(scan) ? <DiffPanel scan={scan} /> : null}
      <Asked scan={scan} />
    </Page>
  );
}

function Warnings({ warnings, fresh }: { warnings: readonly string[]; fresh: React.ReactNode }) {
  return (
    <Panel title={counted(warnings.length, "warning")} aside={fresh} flush>
      <ul className={styles["warnings"]} tabIndex={0} aria-label="Warnings">
        {[...new Set(warnings)].map((warning) => (
          <li key={warning}>
            <Prose text={warning} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Asked({ scan }: { scan: Scan }) {
  const { request } = scan;
  return (
    <Panel title="What was asked">
      <div className={styles["status"]}>
        <Facts
          facts={[
            { name: "Targets", value: <span className="mono">{request.targets.join(", ")}</span> },
            { name: "Ports", value: <span className="mono">{request.ports ?? "top100"}</span> },
            { name: "Left out", value: request.exclude?.length ? request.exclude.join(", ") : "nothing" },
            { name: "Hosts first", value: request.discovery === false ? "no, every address counts as up" : "yes, by TCP ping" },
            { name: "Asked", value: moment(scan.created_at) },
            { name: "Goes on from", value: scan.resumes ? <Link to="/scans/$id" params={{ id: scan.resumes }}>scan {shortId(scan.resumes)}</Link> : "nothing" },
          ]}
        />
        <p>
          <span className={styles["dim"]}>Id</span> <span className="mono">{scan.id}</span>
        </p>
        <CommandLine command={scanCommand(request)} />
      </div>
    </Panel>
  );
}
