import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { backend } from "../../shared/backend/instance";
import { Failure, Message } from "../../shared/ui/message";
import { Panel } from "../../shared/ui/panel";
import { Prose } from "../../shared/ui/prose";
import styles from "./settings.module.css";
import type { WebhookDelivery } from "./types";
import { took } from "./webhook-words";

/** Sends a test and says how it went. */
export function WebhookTest({ id }: { id: string }) {
  const queries = useQueryClient();
  const test = useMutation({
    mutationFn: () => backend.request("post", "/v1/webhooks/{id}/test", { path: { id } }),
    onSettled: () => void queries.invalidateQueries({ queryKey: ["deliveries", id] }),
  });
  return (
    <Panel title="Test">
      <div>
        <div className={styles["buttons"]}>
          <Button variant="default" loading={test.isPending} onClick={() => test.mutate()}>
            Send a test
          </Button>
          <span className={styles["dim"]}>
            An event of type <code>groma.system.webhook_test</code>, once, now.
          </span>
        </div>
        <div role="status" className={styles["result"]}>
          {test.data ? <Result delivery={test.data} /> : null}
          {test.error ? <Failure title="The test was not sent" error={test.error} /> : null}
        </div>
      </div>
    </Panel>
  );
}

function Result({ delivery }: { delivery: WebhookDelivery }) {
  const { outcome, status, error, response } = delivery;
  const after = took(delivery.duration_ms);
  return outcome === "delivered" ? (
    <Message kind="info" title={`The receiver accepted it: ${status ?? "2xx"} after ${after}`} />
  ) : (
    <Message kind="warning" title={status ? `The receiver answered ${status} after ${after}` : `No answer after ${after}`}>
      {error ? (
        <p>
          <Prose text={error} />
        </p>
      ) : null}
      {response ? (
        <pre className={styles["response"]} tabIndex={0} aria-label="Answer">
          {response}
        </pre>
      ) : null}
    </Message>
  );
}
