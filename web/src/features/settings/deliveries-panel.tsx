import { Button, NativeSelect } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { backend } from "../../shared/backend/instance";
import { count } from "../../shared/format/number";
import { moment } from "../../shared/format/time";
import { Empty } from "../../shared/ui/empty";
import { Freshness } from "../../shared/ui/freshness";
import { Failure } from "../../shared/ui/message";
import { Panel } from "../../shared/ui/panel";
import type { DeliveryOutcome } from "./search";
import styles from "./settings.module.css";
import { took } from "./webhook-words";
import states from "./state.module.css";
import { Table } from "./table";
import type { WebhookDelivery } from "./types";

const route = getRouteApi("/settings/webhooks/$id");
const EVERY_MS = 3000;
const HEADS = [{ name: "When" }, { name: "Outcome" }, { name: "Event" }, { name: "Try", end: true }, { name: "Answer" }, { name: "Took", end: true }];
const OUTCOMES = [
  { value: "", label: "Every outcome" },
  { value: "delivered", label: "Delivered" },
  { value: "failed", label: "Failed" },
  { value: "given_up", label: "Given up" },
];

/** The log of tries, newest first. */
export function DeliveriesPanel({ id }: { id: string }) {
  const { outcome } = route.useSearch();
  const navigate = route.useNavigate();
  const { data, error, dataUpdatedAt, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ["deliveries", id, outcome ?? ""],
    queryFn: ({ pageParam, signal }) =>
      backend.request("get", "/v1/webhooks/{id}/deliveries", { path: { id }, query: { ...(outcome ? { outcome } : {}), ...(pageParam ? { cursor: pageParam } : {}) }, signal }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    // Older pages don't change: once they are open, the log is read anew on demand alone.
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 1) > 1 ? false : EVERY_MS),
  });
  const deliveries = data?.pages.flatMap((page) => page.deliveries) ?? [];
  return (
    <Panel
      title="Deliveries"
      flush
      aside={
        <div className={styles["buttons"]}>
          <NativeSelect
            aria-label="Show deliveries with outcome"
            size="xs"
            data={OUTCOMES}
            value={outcome ?? ""}
            onChange={(event) => {
              const chosen = event.currentTarget.value;
              void navigate({ search: chosen === "" ? {} : { outcome: chosen as DeliveryOutcome }, replace: true });
            }}
          />
          <Freshness asOf={dataUpdatedAt === 0 ? undefined : dataUpdatedAt} live="polled" />
        </div>
      }
    >
      {error ? <Failure title="The log could not be read" error={error} retry={() => void refetch()} /> : null}
      {data !== undefined && deliveries.length === 0 ? (
        <Empty inset title={outcome ? "No delivery ended so" : "Nothing was sent yet"}>
          Every try shows here with its outcome and the receiver&rsquo;s answer; tries are kept for some days.
        </Empty>
      ) : null}
      {deliveries.length > 0 ? (
        <Table label="Deliveries" heads={HEADS}>
          {deliveries.map((delivery) => (
            <DeliveryRow key={`${delivery.message_id} ${delivery.kind} ${delivery.attempt} ${delivery.at}`} delivery={delivery} />
          ))}
        </Table>
      ) : null}
      {hasNextPage ? (
        <div className={styles["more"]}>
          <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Show older
          </Button>
        </div>
      ) : null}
    </Panel>
  );
}

const WORDS: Record<WebhookDelivery["outcome"], string> = { delivered: "✓ delivered", failed: "↻ failed", given_up: "✕ given up" };

function DeliveryRow({ delivery }: { delivery: WebhookDelivery }) {
  const { outcome, error, response, status, kind } = delivery;
  return (
    <tr>
      <td className={styles["nowrap"]}>{moment(delivery.at)}</td>
      <td>
        <span className={`${states["state"]} ${states[outcome] ?? ""}`}>{WORDS[outcome]}</span>
        {delivery.retry_at ? <div className={`${styles["dim"]} ${styles["nowrap"]}`}>again at {moment(delivery.retry_at)}</div> : null}
      </td>
      <td>
        {delivery.event_type.replace(/^groma\./, "")}
        {kind === "live" ? null : <span className={styles["dim"]}> {kind}</span>}
        <div className={`mono ${styles["dim"]}`}>{delivery.message_id.slice(-12)}</div>
      </td>
      <td className={styles["end"]}>{count(delivery.attempt)}</td>
      <td className={styles["wrap"]}>
        {error ?? status ?? "–"}
        {response ? (
          <details>
            <summary>Body</summary>
            <pre className={styles["response"]} tabIndex={0} aria-label="Answer">
              {response}
            </pre>
          </details>
        ) : null}
      </td>
      <td className={`${styles["end"]} ${styles["nowrap"]}`}>{took(delivery.duration_ms)}</td>
    </tr>
  );
}
