import { Button } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";

import { backend } from "../../shared/backend/instance";
import { ago, moment } from "../../shared/format/time";
import { usePolled } from "../../shared/live/use-polled";
import { Empty } from "../../shared/ui/empty";
import { Freshness } from "../../shared/ui/freshness";
import { Failure } from "../../shared/ui/message";
import { Page } from "../../shared/ui/page";
import { Panel } from "../../shared/ui/panel";
import { useNow } from "../../shared/ui/use-now";
import { ConfirmDialog } from "./confirm-dialog";
import { SecretDialog } from "./secret-dialog";
import styles from "./settings.module.css";
import { Table } from "./table";
import { TokenDialog } from "./token-dialog";
import type { Token } from "./types";

const route = getRouteApi("/settings/tokens");
const EVERY_MS = 15_000;
const HEADS = [{ name: "Name" }, { name: "May" }, { name: "Made" }, { name: "Last used" }, { name: "Expires" }, { name: "Actions", hidden: true }];

/** The bearer tokens by which programs sign in. */
export function TokensPage() {
  const { create = false } = route.useSearch();
  const navigate = route.useNavigate();
  const [secret, setSecret] = useState<string | null>(null);
  const [revoked, setRevoked] = useState<Token | null>(null);
  const { data, error, asOf, refresh } = usePolled(["tokens"], (signal) => backend.request("get", "/v1/tokens", { signal }), EVERY_MS);
  const creating = (open: boolean): void => void navigate({ search: open ? { create: true } : {}, replace: true });
  return (
    <Page title="Tokens" actions={<Button onClick={() => creating(true)}>New token…</Button>}>
      {error ? <Failure title="The tokens could not be read" error={error} retry={refresh} /> : null}
      {data === undefined && error ? null : (
        <Panel title="Bearer tokens" aside={<Freshness asOf={asOf} live="polled" />} flush>
          {data?.tokens.length === 0 ? (
            <Empty inset title="No token yet" action={<Button onClick={() => creating(true)}>Make the first token</Button>} command="groma token create --name ci --scope read">
              A token lets a program use the API, with no more rights than you give it.
            </Empty>
          ) : (
            <Table label="Tokens" heads={HEADS}>
              {data?.tokens.map((token) => (
                <TokenRow key={token.id} token={token} onRevoke={() => setRevoked(token)} />
              ))}
            </Table>
          )}
        </Panel>
      )}
      {create ? (
        <TokenDialog
          onClose={() => creating(false)}
          onCreated={(made) => {
            setSecret(made);
            creating(false);
            refresh();
          }}
        />
      ) : null}
      {secret === null ? null : (
        <SecretDialog title="The new token" secret={secret} onClose={() => setSecret(null)}>
          <p>
            Programs send it with each request as <code>Authorization: Bearer …</code>.
          </p>
        </SecretDialog>
      )}
      {revoked === null ? null : (
        <ConfirmDialog
          title={`Revoke the token ${revoked.name}?`}
          action="Revoke"
          done={`The token ${revoked.name} is revoked.`}
          failed="The token was not revoked"
          act={() => backend.request("delete", "/v1/tokens/{id}", { path: { id: revoked.id } })}
          onDone={refresh}
          onClose={() => setRevoked(null)}
        >
          <p>Whatever uses it is refused from now on, and its open streams end.</p>
        </ConfirmDialog>
      )}
    </Page>
  );
}

function TokenRow({ token, onRevoke }: { token: Token; onRevoke(): void }) {
  return (
    <tr>
      <td className={styles["wrap"]}>{token.name}</td>
      <td>{token.scopes.join(", ")}</td>
      <td className={styles["nowrap"]}>{moment(token.created_at)}</td>
      <td className={styles["nowrap"]}>{token.last_used_at ? ago(token.last_used_at) : "never"}</td>
      <td className={styles["nowrap"]}>{token.expires_at ? <Expiry at={token.expires_at} /> : "never"}</td>
      <td className={styles["end"]}>
        <Button size="compact-xs" color="red" variant="outline" aria-label={`Revoke ${token.name}`} onClick={onRevoke}>
          Revoke…
        </Button>
      </td>
    </tr>
  );
}

function Expiry({ at }: { at: string }) {
  const over = new Date(at).getTime() <= useNow(EVERY_MS);
  return over ? <span className={styles["bad"]}>expired {moment(at)}</span> : moment(at);
}
