import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";

import { describe } from "../../shared/backend/problem";
import type { LoggedError, Severity } from "../../shared/errors/logged";
import { useUnseenErrors } from "../../shared/errors/unseen";
import { counted } from "../../shared/format/number";
import { moment } from "../../shared/format/time";
import { useLive } from "../../shared/live/use-live";
import { shortId } from "../../shared/scan/describe";
import { Empty } from "../../shared/ui/empty";
import { Freshness } from "../../shared/ui/freshness";
import { Failure } from "../../shared/ui/message";
import { notify } from "../../shared/ui/notices-store";
import { Page } from "../../shared/ui/page";
import { Panel } from "../../shared/ui/panel";
import { Prose } from "../../shared/ui/prose";
import { errorOptions, filtered, olderErrors } from "./errors-live";
import type { ErrorsSearch } from "./search";
import { SeverityWord } from "./severity-word";
import styles from "./settings.module.css";
import { Table } from "./table";

const route = getRouteApi("/settings/errors");
const HEADS = [{ name: "When" }, { name: "Severity" }, { name: "What" }, { name: "Where" }];
const CHOICES = [
  { value: "info", label: "Everything" },
  { value: "warning", label: "Warnings and worse" },
  { value: "error", label: "Errors and worse" },
  { value: "critical", label: "Critical alone" },
];

/** What went wrong, here and in scans; kept in the journal. */
export function ErrorsPage() {
  const { severity = "info", find = "" } = route.useSearch();
  const navigate = route.useNavigate();
  const { data, error, asOf, refresh } = useLive("errors", errorOptions);
  const [older, setOlder] = useState<{ errors: readonly LoggedError[]; more: boolean } | null>(null);
  const unseen = useUnseenErrors();
  useEffect(() => {
    if (unseen.count > 0) unseen.seen();
  }, [unseen]);
  const all = useMemo(() => joined(data?.errors ?? [], older?.errors ?? []), [data, older]);
  const shown = useMemo(() => filtered(all, severity, find), [all, severity, find]);
  const last = all.at(-1)?.key;
  const more = older === null ? data?.more : older.more;
  const readOlder = useMutation({
    mutationFn: (before: string) => olderErrors(before),
    onSuccess: (page) => setOlder((held) => ({ errors: [...(held?.errors ?? []), ...page.errors], more: page.more })),
    onError: (failure) => notify({ kind: "error", text: "Older errors could not be read.", detail: describe(failure) }),
  });
  const change = (part: ErrorsSearch): void => void navigate({ search: (before) => ({ ...before, ...part }), replace: true });
  return (
    <Page title="Error log">
      <Panel title="Filter">
        <div className={styles["tools"]}>
          <NativeSelect
            label="Severity"
            data={CHOICES}
            value={severity}
            onChange={(event) => {
              const chosen = event.currentTarget.value as Severity;
              change({ severity: chosen === "info" ? undefined : chosen });
            }}
          />
          <TextInput label="Find" placeholder="text, address, scan" value={find} onChange={(event) => change({ find: event.currentTarget.value || undefined })} />
        </div>
      </Panel>
      {error ? <Failure title="The error log could not be read" error={error} retry={refresh} /> : null}
      {data === undefined ? null : (
        <Panel title={counted(shown.length, "error")} aside={<Freshness asOf={asOf} />} flush>
          {shown.length === 0 ? (
            <Empty inset title={all.length === 0 ? "Nothing went wrong" : "No error fits the filter"} command="groma events tail --types 'groma.system.error,groma.network.error'">
              Errors of Groma itself and of scans show here the moment they happen, and stay as long as their events are kept.
            </Empty>
          ) : (
            <Table label="Errors" heads={HEADS}>
              {shown.map((one) => (
                <ErrorRow key={one.key} error={one} />
              ))}
            </Table>
          )}
          {more && last ? (
            <div className={styles["more"]}>
              <Button variant="default" loading={readOlder.isPending} onClick={() => readOlder.mutate(last)}>
                Show older
              </Button>
            </div>
          ) : null}
        </Panel>
      )}
    </Page>
  );
}

/** Older pages go on behind what is live; one that both hold is shown once. */
function joined(live: readonly LoggedError[], older: readonly LoggedError[]): LoggedError[] {
  const known = new Set(live.map(({ key }) => key));
  return [...live, ...older.filter(({ key }) => !known.has(key))];
}

function ErrorRow({ error }: { error: LoggedError }) {
  return (
    <tr>
      <td className={styles["nowrap"]}>
        <Link to="/events" search={{ from: error.time, event: error.key }} title="Events from then on">
          {moment(error.time)}
        </Link>
      </td>
      <td>
        <SeverityWord severity={error.severity} />
      </td>
      <td className={styles["wrap"]}>
        <Prose text={error.message} />
      </td>
      <td className={styles["wrap"]}>
        {error.scanId ? (
          <div>
            <Link to="/scans/$id" params={{ id: error.scanId }}>
              scan {shortId(error.scanId)}
            </Link>
          </div>
        ) : null}
        {error.context.map(([name, value]) => (
          <div key={name}>
            <span className={styles["dim"]}>{name}</span> {value}
          </div>
        ))}
      </td>
    </tr>
  );
}
