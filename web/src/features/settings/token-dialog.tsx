import { Button, Checkbox, NativeSelect, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { backend } from "../../shared/backend/instance";
import { Dialog } from "../../shared/ui/dialog";
import { Failure } from "../../shared/ui/message";
import styles from "./settings.module.css";
import type { Scope } from "./types";

const SCOPES: readonly { scope: Scope; says: string }[] = [
  { scope: "read", says: "see everything but secrets" },
  { scope: "scan", says: "start, cancel, discard scans" },
  { scope: "operate", says: "act on machines, publish events" },
  { scope: "execute", says: "run commands" },
  { scope: "approve", says: "approve playbooks" },
  { scope: "admin", says: "everything, tokens and keys too" },
];
const DAY_S = 86_400;
const EXPIRIES = [
  { value: String(DAY_S), label: "in a day" },
  { value: String(30 * DAY_S), label: "in 30 days" },
  { value: String(90 * DAY_S), label: "in 90 days" },
  { value: String(365 * DAY_S), label: "in a year" },
  { value: "", label: "never" },
];

interface TokenDialogProps {
  onClose(): void;
  onCreated(secret: string): void;
}

/** Asks what a new token is for, what it may, and for how long. */
export function TokenDialog({ onClose, onCreated }: TokenDialogProps) {
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<readonly Scope[]>(["read"]);
  const [expires, setExpires] = useState(String(90 * DAY_S));
  const create = useMutation({
    mutationFn: () =>
      backend.request("post", "/v1/tokens", {
        body: { name: name.trim(), scopes: [...scopes], ...(expires === "" ? {} : { expires_in_seconds: Number(expires) }) },
      }),
    onSuccess: ({ secret }) => onCreated(secret),
  });
  return (
    <Dialog title="New token" onClose={onClose}>
      <form
        className={styles["form"]}
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate();
        }}
      >
        <TextInput data-first label="Name" description="What uses it" maxLength={100} required value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <fieldset className={styles["fieldset"]}>
          <legend>May</legend>
          {SCOPES.map(({ scope, says }) => (
            <Checkbox
              key={scope}
              label={scope}
              description={says}
              checked={scopes.includes(scope)}
              onChange={(event) => setScopes(event.currentTarget.checked ? [...scopes, scope] : scopes.filter((one) => one !== scope))}
            />
          ))}
        </fieldset>
        <NativeSelect label="Expires" data={EXPIRIES} value={expires} onChange={(event) => setExpires(event.currentTarget.value)} />
        {create.error ? <Failure title="The token was not made" error={create.error} /> : null}
        <div className={styles["buttons"]}>
          <Button variant="default" onClick={onClose}>
            Leave it
          </Button>
          <Button type="submit" loading={create.isPending} disabled={name.trim() === "" || scopes.length === 0}>
            Make token
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
