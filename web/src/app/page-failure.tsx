import { Button } from "@mantine/core";
import { useRouter, type ErrorComponentProps } from "@tanstack/react-router";

import { describe, RequestError } from "../shared/backend/problem";
import { Failure, Message } from "../shared/ui/message";
import { Page } from "../shared/ui/page";

export function PageFailure({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  // A part of the page that did not load is asked for again by a reload alone.
  const refused = error instanceof RequestError;
  const retry = (): void => {
    reset();
    void router.invalidate();
  };
  return (
    <Page title="This page did not open">
      {refused ? (
        <Failure title="This page could not be shown" error={error} retry={retry} />
      ) : (
        <Message
          kind="error"
          title="A part of the page could not be loaded"
          actions={
            <Button size="compact-sm" variant="default" onClick={() => location.reload()}>
              Reload
            </Button>
          }
        >
          <p>The server did not answer, or it was updated since this page was opened. ({describe(error)})</p>
          <p>Reload the page. If that does not help, look whether the server runs: <code>groma doctor</code>.</p>
        </Message>
      )}
    </Page>
  );
}
