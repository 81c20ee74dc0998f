import { count } from "../../shared/format/number";
import { ago, moment } from "../../shared/format/time";
import { Facts } from "../../shared/ui/facts";
import { Freshness } from "../../shared/ui/freshness";
import { Message } from "../../shared/ui/message";
import { Panel } from "../../shared/ui/panel";
import { Prose } from "../../shared/ui/prose";
import styles from "./settings.module.css";
import type { Webhook } from "./types";
import { WebhookState } from "./webhook-state";
import { filterOf } from "./webhook-words";

const STOPPED: Record<Webhook["state"], string> = {
  active: "",
  resting: "Many tries in a row failed: it rests, and tries one event at a time",
  paused: "Deliveries are paused",
  disabled: "Deliveries have stopped",
};

/** How a webhook stands. */
export function WebhookFacts({ webhook, asOf }: { webhook: Webhook; asOf: number | undefined }) {
  const [newest, older] = webhook.secrets;
  return (
    <>
      {webhook.state === "active" ? null : (
        <Message kind={webhook.state === "disabled" ? "error" : "warning"} title={STOPPED[webhook.state]}>
          <p>
            <Prose text={webhook.reason ?? "Events wait in the journal and are delivered when it goes on."} />
          </p>
          {webhook.retry_at ? <p>The next try is at {moment(webhook.retry_at)}.</p> : null}
        </Message>
      )}
      <Panel title="How it stands" aside={<Freshness asOf={asOf} live="polled" />}>
        <div className={styles["stack"]}>
          <Facts
            facts={[
              { name: "State", value: <WebhookState state={webhook.state} /> },
              { name: "Behind", value: `${count(webhook.behind)} events` },
              { name: "Waiting", value: count(webhook.waiting) },
              { name: "Delivered", value: count(webhook.delivered) },
              { name: "Failures in a row", value: count(webhook.failures) },
              { name: "Last success", value: webhook.last_success_at ? ago(webhook.last_success_at) : "never" },
              { name: "Last failure", value: webhook.last_failure_at ? ago(webhook.last_failure_at) : "never" },
              { name: "Next try", value: webhook.retry_at ? moment(webhook.retry_at) : "–" },
            ]}
          />
          <Facts
            facts={[
              { name: "Address", value: <span className="mono">{webhook.url}</span> },
              { name: "Events", value: filterOf(webhook) },
              { name: "Format", value: webhook.format },
              { name: "Private addresses", value: webhook.allow_private ? "allowed" : "refused" },
              { name: "Secret", value: newest ? `of ${moment(newest.created_at)}` : "–" },
              { name: "Older secret", value: older?.expires_at ? `signs too until ${moment(older.expires_at)}` : "none" },
              { name: "Made", value: moment(webhook.created_at) },
              ...(webhook.description ? [{ name: "Description", value: webhook.description }] : []),
            ]}
          />
        </div>
      </Panel>
    </>
  );
}
