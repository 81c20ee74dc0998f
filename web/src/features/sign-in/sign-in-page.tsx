import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { getRouteApi, useLocation, useRouter } from "@tanstack/react-router";
import { useEffect, useRef } from "react";

import { backend } from "../../shared/backend/instance";
import { describe } from "../../shared/backend/problem";
import { useSession } from "../../shared/session/store";
import { CommandLine } from "../../shared/ui/command-line";
import { Message } from "../../shared/ui/message";
import { Prose } from "../../shared/ui/prose";
import styles from "./sign-in-page.module.css";

const route = getRouteApi("/sign-in");

/** Trades the one-time code behind `#` for a session, or says how to get a link. */
export function SignInPage() {
  const { to = "/" } = route.useSearch();
  const router = useRouter();
  const signedIn = useSession((state) => state.signedIn);
  const code = useLocation({ select: (here) => codeIn(here.hash) });
  const tried = useRef<string | null>(null);
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
    if (code === null || tried.current === code) return;
    tried.current = code;
    // The code works once; it has no business in the browser's history.
    router.history.replace(location.pathname + location.search);
    mutate(code);
  }, [code, mutate, router]);

  return (
    <main className={styles["page"]}>
      <div className={styles["card"]}>
        <h1>Sign in to Groma</h1>
        {signIn.isPending || signIn.isSuccess || code !== null ? <p role="status">Signing in…</p> : <Advice error={signIn.error} />}
        {signIn.isError ? (
          <div>
            <Button variant="default" onClick={() => mutate(signIn.variables)}>
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
          <p>
            <Prose text={describe(error)} />
          </p>
        </Message>
      ) : (
        <p className={styles["lead"]}>Nobody is signed in in this browser.</p>
      )}
      <p>Run this where Groma runs. It prints a link that works once, for ten minutes:</p>
      <CommandLine command="groma open" />
    </>
  );
}

function codeIn(hash: string): string | null {
  const code = new URLSearchParams(hash.replace(/^#/, "")).get("code");
  return code === "" ? null : code;
}
