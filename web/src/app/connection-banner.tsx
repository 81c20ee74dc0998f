import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import { reconnectNow } from "../shared/backend/instance";
import { clock, duration } from "../shared/format/time";
import { useConnection } from "../shared/live/connection";
import { usePreferences } from "../shared/preferences/store";
import { Message } from "../shared/ui/message";
import { Prose } from "../shared/ui/prose";
import { useNow } from "../shared/ui/use-now";

const QUIET_MS = 2000;
const LONG_MS = 120_000;

/** Says once, above the page, that what is shown is no longer known to be so, or is asked for instead of streamed. */
export function ConnectionBanner({ className }: { className: string }) {
  const { state, since } = useConnection();
  const now = useNow();
  if ((state !== "lost" && state !== "polling") || now - since < QUIET_MS) return null;
  const long = now - since > LONG_MS;
  return (
    <div className={className}>
      {state === "lost" ? <Lost since={since} long={long} /> : <Polling since={since} long={long} />}
    </div>
  );
}

interface WordsProps {
  /** In Unix milliseconds. */
  since: number;
  /** Whether that is long ago. */
  long: boolean;
}

const LOST = "What you see is as of then. The page connects again by itself and catches up.";
const LOST_LONG =
  "It takes long. Look whether the server still runs with `groma doctor`, and start it again with `groma serve`. Scans that ran go on when it starts.";

function Lost({ since, long }: WordsProps) {
  return (
    <Message kind="warning" title={`The connection to the server is lost since ${clock(since)}`} actions={<ConnectNow />}>
      <p>
        <Prose text={long ? LOST_LONG : LOST} />
      </p>
    </Message>
  );
}

function Polling({ since, long }: WordsProps) {
  const pollMs = usePreferences((preferences) => preferences.pollMs);
  return (
    <Message kind="info" title={`Polling: no stream opens since ${clock(since)}`} actions={<ConnectNow />}>
      <p>
        This page asks the server every {duration(pollMs).replace(".0", "")} instead (<Link to="/settings/browser">change</Link>), so what you see may be that old. It goes back to the stream by
        itself.
      </p>
      {long ? (
        <p>
          It takes long: something between here and the server may refuse WebSockets. Scans go on all the same; reload the page or run <code>groma status</code> to look again.
        </p>
      ) : null}
    </Message>
  );
}

function ConnectNow() {
  return (
    <Button size="compact-sm" variant="default" onClick={reconnectNow}>
      Connect now
    </Button>
  );
}
