import { keepPreviousData, useQuery } from "@tanstack/react-query";

export interface Polled<T> {
  data: T | undefined;
  error: unknown;
  /** When it was read, in Unix milliseconds. */
  asOf: number | undefined;
  refresh(): void;
}

/** How often to read, in milliseconds, by what was read last if it matters; `false` is never. */
type Every<T> = number | false | ((data: T | undefined) => number | false);

/** Keeps what no event tells of: read when shown, and again every `everyMs` (never unless told) while the page is looked at. */
export function usePolled<T>(key: readonly unknown[], read: (signal: AbortSignal) => Promise<T>, everyMs: Every<T> = false): Polled<T> {
  const { data, error, dataUpdatedAt, refetch } = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => read(signal),
    refetchInterval: typeof everyMs === "function" ? (query) => everyMs(query.state.data) : everyMs,
    placeholderData: keepPreviousData,
  });
  return { data, error, asOf: dataUpdatedAt === 0 ? undefined : dataUpdatedAt, refresh: () => void refetch() };
}
