import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { getRouteApi, useRouter } from "@tanstack/react-router";
import { useState } from "react";

import { backend } from "../../shared/backend/instance";
import { scanCommand } from "../../shared/scan/command";
import { CommandLine } from "../../shared/ui/command-line";
import { Failure } from "../../shared/ui/message";
import { notify } from "../../shared/ui/notices-store";
import { Page } from "../../shared/ui/page";
import { Panel } from "../../shared/ui/panel";
import { Check } from "./check";
import { EMPTY_DRAFT, requestOf, type Draft } from "./draft";
import { DraftFields } from "./draft-fields";
import styles from "./new-page.module.css";
import { useCheck } from "./use-check";

const route = getRouteApi("/scans/new");

/** Asks for a scan, and shows the command that asks for the same. */
export function NewScanPage() {
  const search = route.useSearch();
  const router = useRouter();
  const [draft, setDraft] = useState<Draft>(() => ({ ...EMPTY_DRAFT, ...search }));
  const request = requestOf(draft);
  const check = useCheck(request);
  const start = useMutation({
    mutationFn: () => backend.request("post", "/v1/scans", { body: request }),
    onSuccess: ({ task_id, existing }) => {
      notify(
        existing
          ? { kind: "warning", text: "An identical scan was running already: this is it. Nothing was started twice." }
          : { kind: "done", text: "The scan was started." },
      );
      void router.navigate({ to: "/scans/$id", params: { id: task_id } });
    },
  });

  return (
    <Page title="New scan">
      <div className={styles["columns"]}>
        <Panel title="What to scan">
          <form
            className={styles["form"]}
            noValidate
            onSubmit={(event) => {
              event.preventDefault();
              start.mutate();
            }}
          >
            <DraftFields draft={draft} errors={check.data?.errors ?? []} onChange={(change) => setDraft({ ...draft, ...change })} />
            {start.error ? <Failure title="The scan was not started" error={start.error} /> : null}
            <div>
              <Button type="submit" loading={start.isPending} disabled={request.targets.length === 0}>
                Start scan
              </Button>
            </div>
          </form>
        </Panel>
        <div className={styles["side"]}>
          <Panel title="What it would do">
            <Check targets={request.targets.length} check={check} />
          </Panel>
          <Panel title="On the command line">
            <CommandLine command={scanCommand(request)} />
          </Panel>
        </div>
      </div>
    </Page>
  );
}
