import { NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";

import type { Scan, ScanDiff, ScanHost } from "../../api/types";
import { backend } from "../../shared/backend/instance";
import { moment } from "../../shared/format/time";
import { ended, targetsOf } from "../../shared/scan/describe";
import { Failure } from "../../shared/ui/message";
import { Panel } from "../../shared/ui/panel";
import styles from "./detail-page.module.css";

const route = getRouteApi("/scans/$id");

/** What this scan saw that another did not, and the reverse. */
export function DiffPanel({ scan }: { scan: Scan }) {
  const { diff: other } = route.useSearch();
  const navigate = route.useNavigate();
  const scans = useQuery({
    queryKey: ["scans", "for-diff"],
    queryFn: ({ signal }) => backend.request("get", "/v1/scans", { query: { limit: 200 }, signal }),
  });
  const choices = (scans.data?.scans ?? []).filter((one) => one.id !== scan.id && ended(one) && one.created_at < scan.created_at);
  const same = JSON.stringify(scan.request.targets);
  choices.sort((a, b) => Number(JSON.stringify(b.request.targets) === same) - Number(JSON.stringify(a.request.targets) === same));
  return (
    <Panel
      title="Compare with an earlier scan"
      aside={
        choices.length === 0 && other === undefined ? null : (
          <NativeSelect
            size="xs"
            aria-label="Earlier scan"
            value={other ?? ""}
            data={[
              { value: "", label: "Choose a scan" },
              ...choices.map((one) => ({ value: one.id, label: `${moment(one.created_at)}, ${targetsOf(one)}` })),
            ]}
            onChange={(event) => {
              const chosen = event.currentTarget.value;
              void navigate({ search: (before) => ({ ...before, diff: chosen || undefined }), replace: true, resetScroll: false });
            }}
          />
        )
      }
    >
      {other === undefined ? (
        <p className={styles["dim"]}>
          {choices.length === 0 ? "There is no earlier scan yet. Scan the same targets again later to see what changed." : "Choose a scan to see what is new and what was not seen again."}
        </p>
      ) : (
        <Diff id={scan.id} other={other} />
      )}
    </Panel>
  );
}

function Diff({ id, other }: { id: string; other: string }) {
  const diff = useQuery({
    queryKey: ["diff", id, other],
    queryFn: ({ signal }) => backend.request("get", "/v1/scans/{id}/diff/{other}", { path: { id, other }, signal }),
  });
  if (diff.error) return <Failure title="The scans could not be compared" error={diff.error} retry={() => void diff.refetch()} />;
  if (diff.data === undefined) return <p role="status">Comparing…</p>;
  const parts = partsOf(diff.data);
  return (
    <div className={styles["diff"]}>
      <p className={styles["dim"]}>
        Held against <Link to="/scans/$id" params={{ id: other }}>the earlier scan</Link>. Not seen is not proven absent.
      </p>
      {parts.every(({ hosts }) => hosts.length === 0) ? <p>Both scans saw the same hosts and open ports.</p> : null}
      <div className={styles["diffs"]}>
        {parts.map(({ title, hosts, ports }) =>
          hosts.length === 0 ? null : (
            <section key={title} aria-label={title}>
              <h3>
                {title} ({hosts.length})
              </h3>
              <ul>
                {hosts.map((host) => (
                  <li key={host.address}>
                    <span className="mono">{host.address}</span>
                    {ports ? `: ${portsOf(host)}` : host.hostname ? ` ${host.hostname}` : null}
                  </li>
                ))}
              </ul>
            </section>
          ),
        )}
      </div>
    </div>
  );
}

function partsOf(diff: ScanDiff): { title: string; hosts: readonly ScanHost[]; ports: boolean }[] {
  return [
    { title: "New hosts", hosts: diff.hosts_added, ports: false },
    { title: "Hosts not seen again", hosts: diff.hosts_missing, ports: false },
    { title: "Newly open ports", hosts: diff.ports_opened, ports: true },
    { title: "Ports not seen open again", hosts: diff.ports_missing, ports: true },
  ];
}

function portsOf(host: ScanHost): string {
  return host.ports.map((port) => (port.service ? `${port.port} ${port.service}` : String(port.port))).join(", ");
}
