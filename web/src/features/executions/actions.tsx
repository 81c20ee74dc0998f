import { Button } from "@mantine/core";
import { useRouter } from "@tanstack/react-router";
import { useState } from "react";

import type { ExecutionStatus } from "../../api/types";
import { over } from "../../shared/execution/describe";
import { CopyButton } from "../../shared/ui/copy-button";
import { LinkButton } from "../../shared/ui/link-button";
import { CancelDialog } from "./cancel-dialog";

interface ActionsProps {
  what: "command" | "plan";
  id: string;
  status: ExecutionStatus;
  onChanged(): void;
}

/** What can be done with a command or a plan. */
export function Actions({ what, id, status, onChanged }: ActionsProps) {
  const router = useRouter();
  const [asking, setAsking] = useState(false);
  const running = !over(status);
  return (
    <>
      {running ? (
        <Button color="red" variant="outline" onClick={() => setAsking(true)}>
          Cancel {what}…
        </Button>
      ) : null}
      <LinkButton to="/events" search={{ subject: `execution/${id}`, from: "oldest" }} variant="default">
        Events
      </LinkButton>
      <CopyButton size="compact-sm" text={location.origin + router.state.location.href} label="Copy link" />
      {asking && running ? <CancelDialog what={what} id={id} onClose={() => setAsking(false)} onDone={onChanged} /> : null}
    </>
  );
}
