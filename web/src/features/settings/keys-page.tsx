import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { backend } from "../../shared/backend/instance";
import { describe } from "../../shared/backend/problem";
import { count } from "../../shared/format/number";
import { moment } from "../../shared/format/time";
import { usePolled } from "../../shared/live/use-polled";
import { Freshness } from "../../shared/ui/freshness";
import { Failure, Message } from "../../shared/ui/message";
import { notify } from "../../shared/ui/notices-store";
import { Page } from "../../shared/ui/page";
import { Panel } from "../../shared/ui/panel";
import { Prose } from "../../shared/ui/prose";
import { ConfirmDialog } from "./confirm-dialog";
import { ReencryptionProgress } from "./reencryption-progress";
import { RotateDialog } from "./rotate-dialog";
import { SecretDialog } from "./secret-dialog";
import styles from "./settings.module.css";
import { SlotDialog } from "./slot-dialog";
import { nameOf } from "./slot-words";
import { Table } from "./table";
import type { KeySlot, KeyStatus } from "./types";

const RUNNING_MS = 2000;
const EVERY_MS = 15_000;
const SLOT_HEADS = [{ name: "Opens by" }, { name: "Kept at" }, { name: "Added" }, { name: "Actions", hidden: true }];
const KEY_HEADS = [{ name: "Data key" }, { name: "Messages at most", end: true }, { name: "Use" }];

/** Who can open the data folder, and what its contents are sealed with. */
export function KeysPage() {
  const [open, setOpen] = useState<"add" | "rotate" | null>(null);
  const [removed, setRemoved] = useState<KeySlot | null>(null);
  const { data, error, asOf, refresh } = usePolled(
    ["keys"],
    (signal) => backend.request("get", "/v1/keys", { signal }),
    (status) => (status?.reencryption?.state === "running" ? RUNNING_MS : EVERY_MS),
  );
  const recovery = useMutation({
    mutationFn: () => backend.request("post", "/v1/keys/recovery", {}),
    onSuccess: refresh,
    onError: (failure) => notify({ kind: "error", text: "No recovery key was made.", detail: describe(failure) }),
  });
  const fresh = <Freshness asOf={asOf} live="polled" />;
  return (
    <Page
      title="Keys"
      actions={
        <>
          <Button onClick={() => setOpen("add")}>Add a way to open…</Button>
          <Button variant="default" loading={recovery.isPending} onClick={() => recovery.mutate()}>
            Make a recovery key
          </Button>
          <Button variant="default" onClick={() => setOpen("rotate")}>
            New data key…
          </Button>
        </>
      }
    >
      {error ? <Failure title="The keys could not be read" error={error} retry={refresh} /> : null}
      {data === undefined ? null : (
        <>
          <Advice advice={data.advice} />
          <Panel title="Ways to open the data folder" aside={fresh} flush>
            <Table label="Ways to open" heads={SLOT_HEADS}>
              {data.slots.map((slot) => (
                <SlotRow key={slot.id} slot={slot} onRemove={() => setRemoved(slot)} />
              ))}
            </Table>
          </Panel>
          <DataKeys status={data} fresh={fresh} />
        </>
      )}
      {open === "add" ? <SlotDialog onClose={() => setOpen(null)} onAdded={refresh} /> : null}
      {open === "rotate" ? <RotateDialog onClose={() => setOpen(null)} onRotated={refresh} /> : null}
      {recovery.data ? (
        <SecretDialog title="The recovery key" secret={recovery.data.recovery_key} onClose={recovery.reset}>
          <p>
            Write it down and keep it away from this machine. With it, and without anything else, <code>groma keys recover</code> opens the data folder. Recovery keys made before open nothing any more.
          </p>
        </SecretDialog>
      ) : null}
      {removed === null ? null : (
        <ConfirmDialog
          title={`Remove ${nameOf(removed.kind)}?`}
          action="Remove"
          done="It opens the data folder no more."
          failed="It was not removed"
          act={() => backend.request("delete", "/v1/keys/slots/{id}", { path: { id: removed.id } })}
          onDone={refresh}
          onClose={() => setRemoved(null)}
        >
          <p>
            {removed.place ? <span className="mono">{removed.place}</span> : "It"} opens the data folder no more{removed.used ? ", and it is what opened it this time: see that another way works first" : ""}.
          </p>
        </ConfirmDialog>
      )}
    </Page>
  );
}

function Advice({ advice }: { advice: readonly string[] }) {
  if (advice.length === 0) return null;
  return (
    <Message kind="warning" title="What should be done">
      <ul className={styles["list"]}>
        {advice.map((one) => (
          <li key={one}>
            <Prose text={one} />
          </li>
        ))}
      </ul>
    </Message>
  );
}

function SlotRow({ slot, onRemove }: { slot: KeySlot; onRemove(): void }) {
  return (
    <tr>
      <td className={styles["nowrap"]}>
        {nameOf(slot.kind)}
        {slot.used ? <div className={styles["dim"]}>✓ opened it this time</div> : null}
      </td>
      <td className={`mono ${styles["wrap"]}`}>{slot.place ?? "–"}</td>
      <td className={styles["nowrap"]}>{slot.created_at ? moment(slot.created_at) : "–"}</td>
      <td className={styles["end"]}>
        <Button size="compact-xs" color="red" variant="outline" aria-label={`Remove ${nameOf(slot.kind)}${slot.place ? ` ${slot.place}` : ""}`} onClick={onRemove}>
          Remove…
        </Button>
      </td>
    </tr>
  );
}

function DataKeys({ status, fresh }: { status: KeyStatus; fresh: React.ReactNode }) {
  return (
    <Panel title="Data keys" aside={fresh} flush>
      {status.reencryption ? <ReencryptionProgress reencryption={status.reencryption} /> : null}
      <Table label="Data keys" heads={KEY_HEADS}>
        {status.keys.map((key) => (
          <tr key={key.id}>
            <td>{key.id}</td>
            <td className={styles["end"]}>{count(key.messages)}</td>
            <td>{key.current ? "seals what is new" : "opens what is old"}</td>
          </tr>
        ))}
      </Table>
    </Panel>
  );
}
