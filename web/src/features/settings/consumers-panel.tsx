import { Button } from "@mantine/core";
import { useState } from "react";

import { backend } from "../../shared/backend/instance";
import { count } from "../../shared/format/number";
import { ago, moment } from "../../shared/format/time";
import { usePolled } from "../../shared/live/use-polled";
import { Empty } from "../../shared/ui/empty";
import { Freshness } from "../../shared/ui/freshness";
import { Failure } from "../../shared/ui/message";
import { Panel } from "../../shared/ui/panel";
import { ConfirmDialog } from "./confirm-dialog";
import styles from "./settings.module.css";
import { Table } from "./table";

const EVERY_MS = 10_000;
const HEADS = [{ name: "Name" }, { name: "Behind", end: true }, { name: "Heard of" }, { name: "Holds events until" }, { name: "Actions", hidden: true }];

/** Readers for which events are kept. */
export function ConsumersPanel() {
  const { data, error, asOf, refresh } = usePolled(["consumers"], (signal) => backend.request("get", "/v1/consumers", { signal }), EVERY_MS);
  const [forgotten, setForgotten] = useState<string | null>(null);
  return (
    <Panel title="Consumers" aside={<Freshness asOf={asOf} live="polled" />} flush>
      {error ? <Failure title="The consumers could not be read" error={error} retry={refresh} /> : null}
      {data?.consumers.length === 0 ? (
        <Empty inset title="No consumer is registered" command="groma consumers put billing">
          A program that reads events now and then registers here, so that none goes before it was read.
        </Empty>
      ) : null}
      {data && data.consumers.length > 0 ? (
        <Table label="Consumers" heads={HEADS}>
          {data.consumers.map((consumer) => (
            <tr key={consumer.name}>
              <td className={styles["wrap"]}>{consumer.name}</td>
              <td className={styles["end"]}>{count(consumer.behind)}</td>
              <td className={styles["nowrap"]}>{ago(consumer.seen_at)}</td>
              <td className={styles["nowrap"]}>{moment(consumer.expires_at)}</td>
              <td className={styles["end"]}>
                <Button size="compact-xs" color="red" variant="outline" aria-label={`Forget ${consumer.name}`} onClick={() => setForgotten(consumer.name)}>
                  Forget…
                </Button>
              </td>
            </tr>
          ))}
        </Table>
      ) : null}
      {forgotten === null ? null : (
        <ConfirmDialog
          title={`Forget the consumer ${forgotten}?`}
          action="Forget"
          done={`The consumer ${forgotten} is forgotten.`}
          failed="The consumer was not forgotten"
          act={() => backend.request("delete", "/v1/consumers/{name}", { path: { name: forgotten } })}
          onDone={refresh}
          onClose={() => setForgotten(null)}
        >
          <p>Events are no longer kept for it, and its position is lost.</p>
        </ConfirmDialog>
      )}
    </Panel>
  );
}
