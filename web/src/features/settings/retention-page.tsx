import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";

import { backend } from "../../shared/backend/instance";
import { describe } from "../../shared/backend/problem";
import { count, counted } from "../../shared/format/number";
import { bytes } from "../../shared/format/quantity";
import { duration, moment } from "../../shared/format/time";
import { usePolled } from "../../shared/live/use-polled";
import { Facts } from "../../shared/ui/facts";
import { Freshness } from "../../shared/ui/freshness";
import { Failure } from "../../shared/ui/message";
import { notify } from "../../shared/ui/notices-store";
import { Page } from "../../shared/ui/page";
import { Panel } from "../../shared/ui/panel";
import { ConsumersPanel } from "./consumers-panel";
import { RetentionForm } from "./retention-form";
import styles from "./settings.module.css";
import type { Retention, RetentionRun } from "./types";

const EVERY_MS = 10_000;

/** How long events are kept, what there is, and who still needs them. */
export function RetentionPage() {
  const { data, error, asOf, refresh } = usePolled(["retention"], (signal) => backend.request("get", "/v1/retention", { signal }), EVERY_MS);
  const run = useMutation({
    mutationFn: () => backend.request("post", "/v1/retention/run", {}),
    onSuccess: (outcome) => {
      notify({ kind: "done", text: outcome.events === 0 ? "Nothing had to go." : `${counted(outcome.events, "event")} went: ${bytes(outcome.bytes)}.` });
      refresh();
    },
    onError: (failure) => notify({ kind: "error", text: "Retention did not run.", detail: describe(failure) }),
  });
  return (
    <Page
      title="Retention"
      actions={
        <Button variant="default" loading={run.isPending} onClick={() => run.mutate()}>
          Run now
        </Button>
      }
    >
      {error ? <Failure title="Retention could not be read" error={error} retry={refresh} /> : null}
      {data === undefined ? null : (
        <>
          <Panel title="What is stored" aside={<Freshness asOf={asOf} live="polled" />}>
            <Stored retention={data} />
          </Panel>
          <Panel title="How long events are kept">
            <RetentionForm retention={data} onSaved={refresh} />
          </Panel>
        </>
      )}
      <ConsumersPanel />
    </Page>
  );
}

function Stored({ retention }: { retention: Retention }) {
  const { held_by, last_run } = retention;
  return (
    <div className={styles["stack"]}>
      <Facts
        facts={[
          { name: "Events", value: count(retention.events) },
          { name: "They take", value: bytes(retention.bytes) },
          { name: "Database on disk", value: bytes(retention.disk_bytes) },
          { name: "Oldest", value: retention.oldest_at ? moment(retention.oldest_at) : "–" },
        ]}
      />
      <p>{last_run ? ranOf(last_run) : "Nothing was dropped yet."}</p>
      <div>
        <p className={styles["dim"]}>Who holds events that rules would drop</p>
        {held_by.length === 0 ? (
          <p>Nobody.</p>
        ) : (
          <ul className={styles["list"]}>
            {held_by.map((holder) => (
              <li key={holder}>{holder}</li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}

function ranOf(run: RetentionRun): string {
  const forced = run.forced > 0 ? `, ${count(run.forced)} of them although somebody needed them` : "";
  const archived = run.archived_files > 0 ? `, ${counted(run.archived_files, "file")} written to the archive` : "";
  return `The last run, at ${moment(run.at)}, dropped ${counted(run.events, "event")} (${bytes(run.bytes)})${forced}${archived}, in ${duration(run.duration_ms)}.`;
}
