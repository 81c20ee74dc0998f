import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useRouter } from "@tanstack/react-router";
import { useState } from "react";

import { backend } from "../../shared/backend/instance";
import { describe } from "../../shared/backend/problem";
import { usePolled } from "../../shared/live/use-polled";
import { Failure } from "../../shared/ui/message";
import { notify } from "../../shared/ui/notices-store";
import { Page } from "../../shared/ui/page";
import { ConfirmDialog } from "./confirm-dialog";
import { DeliveriesPanel } from "./deliveries-panel";
import type { Webhook } from "./types";
import { WebhookEditDialog } from "./webhook-edit-dialog";
import { WebhookFacts } from "./webhook-facts";
import { WebhookReplayDialog } from "./webhook-replay-dialog";
import { WebhookRotateDialog } from "./webhook-rotate-dialog";
import { WebhookTest } from "./webhook-test";
import { hostOf } from "./webhook-words";

const route = getRouteApi("/settings/webhooks/$id");
const EVERY_MS = 3000;

/** One webhook: how it stands, what it sent, and what can be done with it. */
export function WebhookPage() {
  const { id } = route.useParams();
  return <Detail key={id} id={id} />;
}

function Detail({ id }: { id: string }) {
  const { data, error, asOf, refresh } = usePolled(["webhook", id], (signal) => backend.request("get", "/v1/webhooks/{id}", { path: { id }, signal }), EVERY_MS);
  if (data === undefined) {
    return <Page title="Webhook">{error ? <Failure title="The webhook could not be read" error={error} retry={refresh} /> : <p role="status">Reading…</p>}</Page>;
  }
  return (
    <Page title={`Webhook to ${hostOf(data.url)}`} actions={<Actions webhook={data} onChanged={refresh} />}>
      {error ? <Failure title="The webhook could not be read anew" error={error} retry={refresh} /> : null}
      <WebhookFacts webhook={data} asOf={asOf} />
      <WebhookTest id={id} />
      <DeliveriesPanel id={id} />
    </Page>
  );
}

type Open = "edit" | "rotate" | "replay" | "delete";

function Actions({ webhook, onChanged }: { webhook: Webhook; onChanged(): void }) {
  const router = useRouter();
  const queries = useQueryClient();
  const [open, setOpen] = useState<Open | null>(null);
  const close = (): void => setOpen(null);
  const enable = useMutation({
    mutationFn: (enabled: boolean) => backend.request("post", "/v1/webhooks/{id}", { path: { id: webhook.id }, body: { enabled } }),
    onSuccess: (_, enabled) => {
      notify({ kind: "done", text: enabled ? "Deliveries go on from where they stopped." : "Deliveries are paused; nothing is lost." });
      onChanged();
      void queries.invalidateQueries({ queryKey: ["webhooks"] });
    },
    onError: (error, enabled) => notify({ kind: "error", text: `The webhook was not ${enabled ? "started" : "paused"}.`, detail: describe(error) }),
  });
  const active = webhook.state === "active";
  return (
    <>
      {active ? null : (
        <Button loading={enable.isPending && enable.variables} onClick={() => enable.mutate(true)}>
          {webhook.state === "resting" ? "Try now" : "Go on"}
        </Button>
      )}
      {active || webhook.state === "resting" ? (
        <Button variant="default" loading={enable.isPending && !enable.variables} onClick={() => enable.mutate(false)}>
          Pause
        </Button>
      ) : null}
      <Button variant="default" onClick={() => setOpen("edit")}>
        Change…
      </Button>
      <Button variant="default" onClick={() => setOpen("rotate")}>
        New secret…
      </Button>
      <Button variant="default" onClick={() => setOpen("replay")}>
        Replay…
      </Button>
      <Button color="red" variant="outline" onClick={() => setOpen("delete")}>
        Delete…
      </Button>
      {open === "edit" ? <WebhookEditDialog webhook={webhook} onClose={close} onChanged={onChanged} /> : null}
      {open === "rotate" ? <WebhookRotateDialog id={webhook.id} onClose={close} onChanged={onChanged} /> : null}
      {open === "replay" ? <WebhookReplayDialog id={webhook.id} onClose={close} /> : null}
      {open === "delete" ? (
        <ConfirmDialog
          title="Delete this webhook?"
          action="Delete"
          done="The webhook is deleted."
          failed="The webhook was not deleted"
          act={() => backend.request("delete", "/v1/webhooks/{id}", { path: { id: webhook.id } })}
          onDone={() => {
            queries.removeQueries({ queryKey: ["webhooks"] });
            void router.navigate({ to: "/settings/webhooks" });
          }}
          onClose={close}
        >
          <p>Nothing more is sent to {hostOf(webhook.url)}; its secrets and its log of deliveries go too. Pause it instead to go on later from where it stopped.</p>
        </ConfirmDialog>
      ) : null}
    </>
  );
}
