import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { getRouteApi, useRouter } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";

import { backend } from "../../shared/backend/instance";
import { describe } from "../../shared/backend/problem";
import { useSession } from "../../shared/session/store";
import { CommandLine } from "../../shared/ui/command-line";
import { Message } from "../../shared/ui/message";
import styles from "./sign-in-page.module.css";

const route = getRouteApi("/sign-in");

/** Trades the one-time code behind `#` for a session, or says how to get a link. */
export function SignInPage() {
  const { to = "/" } = route.useSearch();
  const router = useRouter();
  const signedIn = useSession((state) => state.signedIn);
  const [code] = useState(readCode);
  const begun = useRef(false);
  const signIn = useMutation({
    mutationFn: (code: string) => backend.request("post", "/v1/session", { body: { code } }),
    onSuccess: (session) => {
      signedIn(session);
      router.history.replace(to);
    },
  });
  const { mutate } = signIn;

  useEffect(() => {
    document.title = "Sign in · Groma";
    if (code === null || begun.current) return;
    begun.current = true;
    // The code works once; it has no business in the browser's history.
    history.replaceState(history.state, "", location.pathname + location.search);
    mutate(code);
  }, [code, mutate]);

  return (
    <main className={styles["page"]}>
      <div className={styles["card"]}>
        <h1>Sign in to Groma</h1>
        {signIn.isPending || (code !== null && signIn.isIdle) ? <p role="status">Signing in…</p> : <Advice error={signIn.error} />}
        {signIn.isError ? (
          <div>
            <Button variant="default" onClick={() => location.reload()}>
              Try again
            </Button>
          </div>
        ) : null}
      </div>
    </main>
  );
}

function Advice({ error }: { error: unknown }) {
  return (
    <>
      {error ? (
        <Message kind="error" title="This link did not sign you in">
          <p>{describe(error)}</p>
        </Message>
      ) : (
        <p className={styles["lead"]}>Nobody is signed in in this browser.</p>
      )}
      <p>Run this where Groma runs. It prints a link that works once, for ten minutes:</p>
      <CommandLine command="groma open" />
    </>
  );
}

function readCode(): string | null {
  const code = new URLSearchParams(location.hash.slice(1)).get("code");
  return code === "" ? null : code;
}
