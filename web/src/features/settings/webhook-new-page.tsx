import { Button, Checkbox } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useState } from "react";

import { backend } from "../../shared/backend/instance";
import { CommandLine } from "../../shared/ui/command-line";
import { LinkButton } from "../../shared/ui/link-button";
import { Failure } from "../../shared/ui/message";
import { Page } from "../../shared/ui/page";
import { Panel } from "../../shared/ui/panel";
import { SecretDialog } from "./secret-dialog";
import styles from "./settings.module.css";
import { EMPTY_WEBHOOK, requestOf, webhookCommand, type WebhookDraft } from "./webhook-draft";
import { WebhookFields } from "./webhook-fields";
import { WebhookSecretUse } from "./webhook-secret-use";

/** Asks where events shall go. */
export function WebhookNewPage() {
  const router = useRouter();
  const [draft, setDraft] = useState<WebhookDraft>(EMPTY_WEBHOOK);
  const [fromOldest, setFromOldest] = useState(false);
  const queries = useQueryClient();
  const create = useMutation({
    mutationFn: () => backend.request("post", "/v1/webhooks", { body: requestOf(draft, fromOldest) }),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ["webhooks"] }),
  });
  return (
    <Page
      title="New webhook"
      actions={
        <LinkButton to="/settings/webhooks" variant="default">
          All webhooks
        </LinkButton>
      }
    >
      <Panel title="Where events go">
        <form
          className={styles["form"]}
          onSubmit={(event) => {
            event.preventDefault();
            create.mutate();
          }}
        >
          <WebhookFields draft={draft} onChange={(change) => setDraft({ ...draft, ...change })} />
          <Checkbox
            label="Begin with the oldest event there is"
            description="Otherwise with the next one"
            checked={fromOldest}
            onChange={(event) => setFromOldest(event.currentTarget.checked)}
          />
          {create.error ? <Failure title="The webhook was not made" error={create.error} /> : null}
          <div>
            <Button type="submit" loading={create.isPending} disabled={draft.url.trim() === ""}>
              Make webhook
            </Button>
          </div>
        </form>
      </Panel>
      <Panel title="On the command line">
        <CommandLine command={webhookCommand(draft, fromOldest)} />
      </Panel>
      {create.data ? (
        <SecretDialog
          title="The webhook's secret"
          secret={create.data.secret}
          onClose={() => void router.navigate({ to: "/settings/webhooks/$id", params: { id: create.data.webhook.id } })}
        >
          <WebhookSecretUse />
        </SecretDialog>
      ) : null}
    </Page>
  );
}
