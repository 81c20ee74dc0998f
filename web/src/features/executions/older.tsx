import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";

import { backend } from "../../shared/backend/instance";
import { Failure } from "../../shared/ui/message";
import { ExecutionTable } from "./execution-table";
import styles from "./list-page.module.css";
import { PlanTable } from "./plan-table";
import { queryOf, type Shown } from "./search";

interface OlderProps {
  /** Where the newest page ended. */
  cursor: string | null;
  show: Shown | undefined;
}

/** The pages of commands behind the newest one. */
export function OlderExecutions({ cursor, show }: OlderProps) {
  const older = useOlder(`executions ${show ?? ""}`, cursor, (cursor, signal) =>
    backend.request("get", "/v1/executions", { signal, query: { ...queryOf(show), cursor } }).then((page) => ({ items: page.executions, next: page.next_cursor ?? null })),
  );
  return (
    <>
      {older.items.length === 0 ? null : <ExecutionTable executions={older.items} label="Older commands" />}
      <More what="Older commands" {...older} />
    </>
  );
}

/** The pages of plans behind the newest one. */
export function OlderPlans({ cursor, show }: OlderProps) {
  const older = useOlder(`plans ${show ?? ""}`, cursor, (cursor, signal) =>
    backend.request("get", "/v1/plans", { signal, query: { ...(show === "active" ? { active: true } : {}), cursor } }).then((page) => ({ items: page.plans, next: page.next_cursor ?? null })),
  );
  return (
    <>
      {older.items.length === 0 ? null : <PlanTable plans={older.items} label="Older plans" />}
      <More what="Older plans" {...older} />
    </>
  );
}

interface Older<T> extends MoreParts {
  items: readonly T[];
}

interface MoreParts {
  error: unknown;
  more: boolean;
  reading: boolean;
  readMore(): void;
}

/** Reads pages behind `cursor` as they are asked for. */
function useOlder<T>(name: string, cursor: string | null, read: (cursor: string, signal: AbortSignal) => Promise<{ items: readonly T[]; next: string | null }>): Older<T> {
  // The live page moves on; what was asked for begins where it ended then.
  const [start, setStart] = useState<string | null>(null);
  const older = useInfiniteQuery({
    queryKey: ["older", name, start],
    enabled: start !== null,
    initialPageParam: start ?? "",
    queryFn: ({ pageParam, signal }) => read(pageParam, signal),
    getNextPageParam: (page) => page.next,
  });
  return {
    items: older.data?.pages.flatMap((page) => page.items) ?? [],
    error: older.error,
    more: start === null ? cursor !== null : older.hasNextPage,
    reading: older.isFetching,
    readMore: () => (start === null ? setStart(cursor) : void older.fetchNextPage()),
  };
}

function More({ what, error, more, reading, readMore }: MoreParts & { what: string }) {
  return (
    <>
      {error ? <Failure title={`${what} could not be read`} error={error} retry={readMore} /> : null}
      {more ? (
        <div className={styles["more"]}>
          <Button variant="default" loading={reading} onClick={readMore}>
            Show {what.toLowerCase()}
          </Button>
        </div>
      ) : null}
    </>
  );
}
