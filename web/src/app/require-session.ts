import { redirect } from "@tanstack/react-router";

import { backend } from "../shared/backend/instance";
import { RequestError } from "../shared/backend/problem";
import { useSession } from "../shared/session/store";

/** Sends whoever is not signed in to the page that says how to, and back afterwards. */
export async function requireSession({ location }: { location: { pathname: string; href: string } }): Promise<void> {
  if (location.pathname === "/sign-in") return;
  const { session, signedIn } = useSession.getState();
  if (session) return;
  try {
    signedIn(await backend.request("get", "/v1/session", {}));
  } catch (error) {
    if (error instanceof RequestError && error.code === "UNAUTHENTICATED") {
      throw redirect({ to: "/sign-in", search: location.href === "/" ? {} : { to: location.href } });
    }
    throw error;
  }
}
