import { Button } from "@mantine/core";
import { useEffect, useState } from "react";

import { known } from "../api/types";
import { backend } from "../shared/backend/instance";
import { clock } from "../shared/format/time";
import { Dialog } from "../shared/ui/dialog";
import { notify } from "../shared/ui/notices-store";

interface Critical {
  message: string;
  context: string | null;
  at: number;
}

/** Tells what goes wrong with Groma itself while the page is open; what is critical waits to be read. */
export function SystemErrors() {
  const [critical, setCritical] = useState<Critical | null>(null);
  useEffect(() => {
    const subscription = backend.subscribe(
      { types: ["groma.system.error"] },
      {
        events: (batch) => {
          for (const envelope of batch) {
            const event = known(envelope);
            if (event.type !== "groma.system.error") continue;
            const { severity, message, context, timestamp } = event.data;
            if (severity === "critical") setCritical({ message, context: context ?? null, at: timestamp });
            else if (severity !== "info") notify({ kind: severity, text: message });
          }
        },
      },
    );
    return () => subscription.close();
  }, []);

  if (critical === null) return null;
  return (
    <Dialog title="Groma cannot go on as it should" onClose={() => setCritical(null)}>
      <p>{critical.message}</p>
      <p>
        At {clock(critical.at)}
        {critical.context ? `, in ${critical.context}` : null}. <code>groma doctor</code> says more.
      </p>
      <Button mt="md" onClick={() => location.reload()}>
        Reload the page
      </Button>
    </Dialog>
  );
}
