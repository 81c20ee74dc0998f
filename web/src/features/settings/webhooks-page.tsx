import { Link } from "@tanstack/react-router";

import { backend } from "../../shared/backend/instance";
import { count } from "../../shared/format/number";
import { ago } from "../../shared/format/time";
import { usePolled } from "../../shared/live/use-polled";
import { Empty } from "../../shared/ui/empty";
import { Freshness } from "../../shared/ui/freshness";
import { LinkButton } from "../../shared/ui/link-button";
import { Failure } from "../../shared/ui/message";
import { Page } from "../../shared/ui/page";
import { Panel } from "../../shared/ui/panel";
import styles from "./settings.module.css";
import { Table } from "./table";
import type { Webhook } from "./types";
import { WebhookState } from "./webhook-state";
import { filterOf } from "./webhook-words";

const EVERY_MS = 5000;
const HEADS = [{ name: "State" }, { name: "Address" }, { name: "Events" }, { name: "Behind", end: true }, { name: "Delivered", end: true }, { name: "Failures in a row", end: true }, { name: "Last success" }];

/** Every webhook: where events go, and whether they arrive. */
export function WebhooksPage() {
  const { data, error, asOf, refresh } = usePolled(["webhooks"], (signal) => backend.request("get", "/v1/webhooks", { signal }), EVERY_MS);
  return (
    <Page title="Webhooks" actions={<LinkButton to="/settings/webhooks/new">New webhook</LinkButton>}>
      {error ? <Failure title="The webhooks could not be read" error={error} retry={refresh} /> : null}
      {data === undefined && error ? null : (
        <Panel title="Receivers" aside={<Freshness asOf={asOf} live="polled" />} flush>
          {data?.webhooks.length === 0 ? (
            <Empty inset title="No webhook yet" action={<LinkButton to="/settings/webhooks/new">Make the first webhook</LinkButton>} command="groma webhooks create https://example.org/hook --types 'groma.network.*'">
              A webhook sends events to a server of yours, signed, in order, and again until they arrive.
            </Empty>
          ) : (
            <Table label="Webhooks" heads={HEADS}>
              {data?.webhooks.map((webhook) => (
                <WebhookRow key={webhook.id} webhook={webhook} />
              ))}
            </Table>
          )}
        </Panel>
      )}
    </Page>
  );
}

function WebhookRow({ webhook }: { webhook: Webhook }) {
  return (
    <tr>
      <td>
        <WebhookState state={webhook.state} />
      </td>
      <td className={styles["wrap"]}>
        <Link to="/settings/webhooks/$id" params={{ id: webhook.id }}>
          {webhook.url}
        </Link>
        {webhook.description ? <div className={styles["dim"]}>{webhook.description}</div> : null}
      </td>
      <td>{filterOf(webhook)}</td>
      <td className={styles["end"]}>{count(webhook.behind)}</td>
      <td className={styles["end"]}>{count(webhook.delivered)}</td>
      <td className={styles["end"]}>{webhook.failures > 0 ? <strong className={styles["warn"]}>{count(webhook.failures)}</strong> : "0"}</td>
      <td className={styles["nowrap"]}>{webhook.last_success_at ? ago(webhook.last_success_at) : "never"}</td>
    </tr>
  );
}
