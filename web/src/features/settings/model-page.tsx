import { Button, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { backend } from "../../shared/backend/instance";
import { count } from "../../shared/format/number";
import { bytes } from "../../shared/format/quantity";
import { usePolled } from "../../shared/live/use-polled";
import { CommandLine } from "../../shared/ui/command-line";
import { Facts } from "../../shared/ui/facts";
import { Freshness } from "../../shared/ui/freshness";
import { Failure, Message } from "../../shared/ui/message";
import { Page } from "../../shared/ui/page";
import { Panel } from "../../shared/ui/panel";
import { Progress } from "../../shared/ui/progress";
import { Prose } from "../../shared/ui/prose";
import { modelCommand, modelMoves, modelPercent, MODEL_WORDS } from "./model-words";
import styles from "./settings.module.css";
import type { ModelStatus } from "./types";

const MOVING_MS = 1000;
const EVERY_MS = 10_000;

/** Whether search understands meaning, and how to make it. */
export function ModelPage() {
  const { data, error, asOf, refresh } = usePolled(
    ["model"],
    (signal) => backend.request("get", "/v1/model", { signal }),
    (status) => (status && modelMoves(status) ? MOVING_MS : EVERY_MS),
  );
  const fresh = <Freshness asOf={asOf} live="polled" />;
  return (
    <Page title="Search model">
      {error ? <Failure title="The model's state could not be read" error={error} retry={refresh} /> : null}
      {data === undefined ? null : (
        <>
          {data.error ? (
            <Message kind="warning" title={data.state === "damaged" ? "✕ The model is damaged" : "✕ The last installation failed"}>
              <p>
                <Prose text={data.error} />
              </p>
            </Message>
          ) : null}
          <Panel title="The language model" aside={fresh}>
            <State status={data} />
          </Panel>
          {data.state === "installing" ? null : <Install status={data} onStarted={refresh} />}
        </>
      )}
    </Page>
  );
}

function State({ status }: { status: ModelStatus }) {
  const { sign, word, says } = MODEL_WORDS[status.state];
  const percent = modelPercent(status.progress);
  const all = status.embedded + status.queued;
  return (
    <div className={styles["stack"]}>
      <p>
        <strong className={status.state === "damaged" ? styles["bad"] : status.state === "absent" ? styles["warn"] : ""}>
          <span aria-hidden="true">{sign} </span>
          {word}.
        </strong>{" "}
        {says}
      </p>
      {status.progress ? (
        <>
          <p>
            {status.progress.phase.replaceAll("_", " ")}: {bytes(status.progress.bytes)}
            {status.progress.bytes_total ? ` of ${bytes(status.progress.bytes_total)}` : ""}
          </p>
          {percent === null ? null : <Progress label="Installation" value={percent} />}
        </>
      ) : null}
      <Facts
        facts={[
          { name: "Embedder in use", value: <span className="mono">{status.embedder}</span> },
          { name: "Things whose meaning is known", value: count(status.embedded) },
          { name: "Things that wait for it", value: count(status.queued) },
          { name: "Its files take", value: status.bytes === 0 ? "–" : bytes(status.bytes) },
          { name: "Folder", value: <span className="mono">{status.folder}</span> },
        ]}
      />
      {status.state === "installed" && status.queued > 0 ? <Progress label="Things whose meaning is known" value={all === 0 ? 100 : (100 * status.embedded) / all} /> : null}
    </div>
  );
}

function Install({ status, onStarted }: { status: ModelStatus; onStarted(): void }) {
  const [source, setSource] = useState("");
  const install = useMutation({
    mutationFn: () => backend.request("post", "/v1/model/install", { body: source.trim() === "" ? {} : { source: source.trim() } }),
    onSuccess: onStarted,
  });
  return (
    <Panel title={status.state === "installed" ? "Install it again" : "Install it"}>
      <form
        className={styles["form"]}
        onSubmit={(event) => {
          event.preventDefault();
          install.mutate();
        }}
      >
        <p>The model turns names, kinds and tags into meaning, on this machine: nothing that is searched or found leaves it. Whatever it comes from, its contents are checked.</p>
        <TextInput
          label="From"
          description="An https address that has model.safetensors and tokenizer.json, or a path on the server's machine; empty: its public home"
          placeholder="its public home"
          spellCheck={false}
          value={source}
          onChange={(event) => setSource(event.currentTarget.value)}
        />
        <CommandLine command={modelCommand(source)} />
        {install.error ? <Failure title="The installation did not begin" error={install.error} /> : null}
        <div className={styles["buttons"]}>
          <Button type="submit" variant={status.state === "installed" ? "default" : "filled"} loading={install.isPending}>
            {status.state === "installed" ? "Install again" : "Install the model"}
          </Button>
        </div>
      </form>
    </Panel>
  );
}
