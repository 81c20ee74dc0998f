import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";

import { backend } from "../shared/backend/instance";
import { describe } from "../shared/backend/problem";
import { useSession } from "../shared/session/store";
import { notify } from "../shared/ui/notices-store";

/** Who is signed in, and the way out. */
export function Who({ className }: { className: string }) {
  const { session, signedOut } = useSession();
  const signOut = useMutation({
    mutationFn: () => backend.request("delete", "/v1/session", {}),
    onSuccess: signedOut,
    onError: (error) => notify({ kind: "error", text: `Signing out did not work: ${describe(error)}` }),
  });
  if (!session) return null;
  return (
    <div className={className}>
      <span title={session.principal.scopes.join(", ")}>{session.principal.name}</span>
      <Button size="compact-xs" variant="default" loading={signOut.isPending} onClick={() => signOut.mutate()}>
        Sign out
      </Button>
    </div>
  );
}
