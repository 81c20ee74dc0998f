import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import { backend } from "../shared/backend/instance";
import { logged, ERROR_TYPES, type LoggedError } from "../shared/errors/logged";
import { useUnseenErrors } from "../shared/errors/unseen";
import { moment } from "../shared/format/time";
import { CopyButton } from "../shared/ui/copy-button";
import { Dialog } from "../shared/ui/dialog";
import { Facts } from "../shared/ui/facts";
import { Failure } from "../shared/ui/message";
import { notify } from "../shared/ui/notices-store";
import { Prose } from "../shared/ui/prose";
import styles from "./system-errors.module.css";

/** Tells what goes wrong while the page is open: counted at the error log, and what is critical waits to be read. */
export function SystemErrors() {
  const [critical, setCritical] = useState<LoggedError | null>(null);
  useEffect(() => {
    const subscription = backend.subscribe(
      { types: ERROR_TYPES },
      {
        events: (batch) => {
          for (const envelope of batch) {
            const error = logged(envelope);
            if (error === null || error.severity === "info") continue;
            useUnseenErrors.getState().add(1);
            if (error.severity === "critical") setCritical(error);
            // One notice for all of them: the log has each.
            else if (error.severity === "error") notify({ kind: "error", key: "system", text: error.message, detail: "The error log in the settings has the particulars." });
          }
        },
      },
    );
    return () => subscription.close();
  }, []);
  return critical === null ? null : <CriticalDialog error={critical} onClose={() => setCritical(null)} />;
}

interface CriticalDialogProps {
  error: LoggedError;
  onClose(): void;
}

/** A critical error with its particulars, and a way to see whether it is over. */
export function CriticalDialog({ error, onClose }: CriticalDialogProps) {
  const check = useMutation({
    mutationFn: () => backend.request("get", "/v1/summary", {}),
    onSuccess: () => {
      notify({ kind: "done", text: "Groma answers and reads its data again." });
      onClose();
    },
  });
  const text = [`${error.time} ${error.severity}: ${error.message}`, ...error.context.map(([name, value]) => `${name}: ${value}`)].join("\n");
  return (
    <Dialog title="Groma cannot go on as it should" onClose={onClose}>
      <div className={styles["critical"]} role="alert">
        <p>
          <Prose text={error.message} />
        </p>
        <Facts facts={[{ name: "When", value: moment(error.time) }, ...error.context.map(([name, value]) => ({ name, value }))]} />
        <p className={styles["dim"]}>
          <code>groma doctor</code> says what is wrong and what to do. What was committed before is safe.
        </p>
        {check.error ? <Failure title="It still does not work" error={check.error} /> : null}
        <div className={styles["buttons"]}>
          <Button data-first loading={check.isPending} onClick={() => check.mutate()}>
            Try again
          </Button>
          <CopyButton size="compact-sm" text={text} label="Copy details" />
          <Link to="/settings/errors" onClick={onClose}>
            Open the error log
          </Link>
        </div>
      </div>
    </Dialog>
  );
}
