import { useRouter, type ErrorComponentProps } from "@tanstack/react-router";

import { Failure } from "../shared/ui/message";
import { Page } from "../shared/ui/page";

export function PageFailure({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const retry = (): void => {
    reset();
    void router.invalidate();
  };
  return (
    <Page title="This page did not open">
      <Failure title="This page could not be shown" error={error} retry={retry} />
    </Page>
  );
}
