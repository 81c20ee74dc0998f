import { Button } from "@mantine/core";

import { reconnectNow } from "../shared/backend/instance";
import { clock } from "../shared/format/time";
import { useConnection } from "../shared/live/connection";
import { Message } from "../shared/ui/message";
import { Prose } from "../shared/ui/prose";
import { useNow } from "../shared/ui/use-now";

const QUIET_MS = 2000;
const LONG_MS = 120_000;
const SHORT = "What you see is as of then. The page connects again by itself and catches up.";
const LONG =
  "It takes long. Look whether the server still runs with `groma doctor`, and start it again with `groma serve`. Scans that ran go on when it starts.";

/** Says once, above the page, that what is shown is no longer known to be so. */
export function ConnectionBanner({ className }: { className: string }) {
  const { state, since } = useConnection();
  const now = useNow();
  if (state !== "lost" || now - since < QUIET_MS) return null;
  const long = now - since > LONG_MS;
  return (
    <div className={className}>
      <Message
        kind="warning"
        title={`The connection to the server is lost since ${clock(since)}`}
        actions={
          <Button size="compact-sm" variant="default" onClick={reconnectNow}>
            Connect now
          </Button>
        }
      >
        <p>
          <Prose text={long ? LONG : SHORT} />
        </p>
      </Message>
    </div>
  );
}
