import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";

import type { Found } from "./use-search";

/** Returns what Enter in the search does: opens the best hit of these words, as soon as they were searched for. */
export function useOpenFirst({ answer, pending }: Found, q: string): (text: string) => void {
  const navigate = useNavigate();
  const wanted = useRef<string>(undefined);
  const first = pending ? undefined : answer?.hits[0]?.resource.id;
  const open = (id: string): void => void navigate({ to: "/inventory/$id", params: { id } });
  useEffect(() => {
    if (wanted.current === undefined || pending || answer === undefined) return;
    // Other words were typed since: what was wanted is wanted no more.
    const still = wanted.current === q;
    wanted.current = undefined;
    if (still && first !== undefined) void navigate({ to: "/inventory/$id", params: { id: first } });
  }, [q, pending, answer, first, navigate]);
  return (text) => {
    if (text === q && !pending && answer !== undefined) {
      if (first !== undefined) open(first);
      return;
    }
    wanted.current = text;
  };
}
