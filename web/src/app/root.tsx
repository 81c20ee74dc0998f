import { Outlet, useRouter, useRouterState } from "@tanstack/react-router";
import { useEffect } from "react";

import { pauseStreams } from "../shared/backend/instance";
import { useSession } from "../shared/session/store";
import { Notices } from "../shared/ui/notices";
import { Shell } from "./shell";

/** Everything on the screen: the frame with a page in it, or the sign-in page alone. */
export function Root() {
  const router = useRouter();
  const alone = useRouterState({ select: (state) => state.location.pathname === "/sign-in" });
  const session = useSession((state) => state.session);
  const signedOut = session === null;

  useEffect(() => {
    pauseStreams(!session);
  }, [session]);
  useEffect(() => {
    // The other pages' parts are fetched while the server answers, so that they open when it doesn't.
    if (session) for (const to of ["/", "/scans", "/scans/new", "/executions", "/events", "/settings/errors"] as const) void router.preloadRoute({ to });
    if (session) void router.preloadRoute({ to: "/scans/$id", params: { id: "none" } });
  }, [session, router]);
  useEffect(() => {
    // The session ended while a page was open: its guard sends us to sign in, and back to here.
    if (signedOut && !alone) void router.invalidate();
  }, [signedOut, alone, router]);

  return (
    <>
      {alone ? <Outlet /> : <Shell />}
      <Notices />
    </>
  );
}
