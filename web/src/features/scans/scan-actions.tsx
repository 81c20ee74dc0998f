import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useState } from "react";

import type { Scan } from "../../api/types";
import { backend } from "../../shared/backend/instance";
import { describe } from "../../shared/backend/problem";
import { ended } from "../../shared/scan/describe";
import { CopyButton } from "../../shared/ui/copy-button";
import { LinkButton } from "../../shared/ui/link-button";
import { notify } from "../../shared/ui/notices-store";
import { CancelDialog } from "./cancel-dialog";
import { DiscardDialog } from "./discard-dialog";

interface ScanActionsProps {
  scan: Scan;
  /** Called when something about the scan changed that no event tells. */
  onChanged(): void;
}

/** What can be done with a scan now. */
export function ScanActions({ scan, onChanged }: ScanActionsProps) {
  const [dialog, setDialog] = useState<"cancel" | "discard" | null>(null);
  const router = useRouter();
  const follow = useMutation({
    mutationFn: (verb: "resume" | "retry") => {
      const path = { task_id: scan.id };
      return verb === "resume"
        ? backend.request("post", "/v1/scan/task/{task_id}/resume", { path })
        : backend.request("post", "/v1/scan/task/{task_id}/retry", { path });
    },
    onSuccess: ({ task_id }, verb) => {
      notify({ kind: "done", text: verb === "resume" ? "A new scan does the rest." : "A new scan does again what failed." });
      void router.navigate({ to: "/scans/$id", params: { id: task_id } });
    },
    onError: (error, verb) => notify({ kind: "error", text: `The scan could not be ${verb === "resume" ? "resumed" : "retried"}: ${describe(error)}` }),
  });
  const over = ended(scan);
  return (
    <>
      {over ? null : (
        <Button color="red" variant="outline" onClick={() => setDialog("cancel")}>
          Cancel scan…
        </Button>
      )}
      {over && scan.units.pending > 0 ? (
        <Button loading={follow.isPending && follow.variables === "resume"} onClick={() => follow.mutate("resume")}>
          Resume
        </Button>
      ) : null}
      {over && scan.units.failed > 0 ? (
        <Button variant="default" loading={follow.isPending && follow.variables === "retry"} onClick={() => follow.mutate("retry")}>
          Retry failed
        </Button>
      ) : null}
      {over && !scan.discarded ? (
        <Button color="red" variant="outline" onClick={() => setDialog("discard")}>
          Discard…
        </Button>
      ) : null}
      <LinkButton to="/events" search={{ subject: `scan/${scan.id}` }} variant="default">
        Events
      </LinkButton>
      <LinkButton to="/events" search={{ subject: `scan/${scan.id}`, from: "oldest" }} variant="default">
        Replay
      </LinkButton>
      <CopyLink />
      {dialog === "cancel" && !over ? <CancelDialog scan={scan} onClose={() => setDialog(null)} /> : null}
      {dialog === "discard" ? <DiscardDialog scan={scan} onClose={() => setDialog(null)} onDone={onChanged} /> : null}
    </>
  );
}

function CopyLink() {
  const router = useRouter();
  return <CopyButton size="compact-sm" text={location.origin + router.state.location.href} label="Copy link" />;
}
