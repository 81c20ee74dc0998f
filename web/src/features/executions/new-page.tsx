import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { getRouteApi, useRouter } from "@tanstack/react-router";
import { useState } from "react";

import { backend } from "../../shared/backend/instance";
import { RequestError } from "../../shared/backend/problem";
import { execCommand } from "../../shared/execution/command";
import { CommandLine } from "../../shared/ui/command-line";
import { Failure, Message } from "../../shared/ui/message";
import { notify } from "../../shared/ui/notices-store";
import { Page } from "../../shared/ui/page";
import { Panel } from "../../shared/ui/panel";
import { draftOf, lacks, requestOf, type Draft } from "./draft";
import { DraftFields } from "./draft-fields";
import styles from "./new-page.module.css";

const route = getRouteApi("/executions/new");

/** Runs a command on the server's machine, and shows the command line that runs the same on one's own. */
export function NewExecutionPage() {
  const search = route.useSearch();
  const router = useRouter();
  const [draft, setDraft] = useState<Draft>(() => draftOf(search));
  const missing = lacks(draft);
  const request = requestOf(draft);
  const start = useMutation({
    mutationFn: () => backend.request("post", "/v1/executions", { body: request }),
    onSuccess: ({ execution_id }) => {
      notify({ kind: "done", text: "The command was started." });
      void router.navigate({ to: "/executions/$id", params: { id: execution_id } });
    },
  });
  // Refused for another reason than that nobody may: the session's scopes.
  const off = start.error instanceof RequestError && start.error.code === "FORBIDDEN" && start.error.message.includes("[execution]");
  return (
    <Page title="Run a command">
      <div className={styles["columns"]}>
        <Panel title="What to run">
          <form
            className={styles["form"]}
            noValidate
            onSubmit={(event) => {
              event.preventDefault();
              if (missing === null) start.mutate();
            }}
          >
            <DraftFields draft={draft} onChange={(change) => setDraft({ ...draft, ...change })} />
            {off ? <SwitchOn /> : start.error ? <Failure title="The command was not started" error={start.error} /> : null}
            <div>
              <Button type="submit" loading={start.isPending} disabled={missing !== null}>
                Run
              </Button>
            </div>
            {missing === null ? null : <p className={styles["dim"]}>{missing}</p>}
          </form>
        </Panel>
        <div className={styles["side"]}>
          <Panel title="On the command line">
            <div className={styles["form"]}>
              <CommandLine command={execCommand(request)} />
              <p className={styles["dim"]}>It runs where it is typed, with that terminal's directory and environment, and shows here as well.</p>
            </div>
          </Panel>
          <Panel title="What happens">
            <p className={styles["dim"]}>
              It runs on the server's machine as the server's user. Every line is kept; when it ends or is cancelled, everything that it started is ended with it, and the page says whether anything is left.
            </p>
          </Panel>
        </div>
      </div>
    </Page>
  );
}

function SwitchOn() {
  return (
    <Message kind="warning" title="Running commands from the page is off until it is switched on">
      <p>
        Whoever may start commands here can do on the server's machine what the server's user can. If that is meant, set <code>rest = true</code> under <code>[execution]</code> in the server's configuration and start it again.
      </p>
      <p>
        The command line needs no switch: <code>groma exec</code> runs the same as you.
      </p>
    </Message>
  );
}
