import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect } from "react";

import type { SearchAnswer } from "../../api/types";
import { backend } from "../../shared/backend/instance";
import { filterOf, type InventorySearch } from "./search";

export const HITS_MAX = 50;
/** What the server takes. */
export const TYPED_MAX = 1000;

export interface Found {
  answer: SearchAnswer | undefined;
  /** Whether the answer is to other words than those typed now. */
  pending: boolean;
  error: unknown;
  asOf: number | undefined;
  refresh(): void;
}

/** Searches for the words of a view, its filters applied; other words end the search under way. Asks anew when `sequence` moves. */
export function useFound(search: InventorySearch, sequence: string): Found {
  const { q = "", sort: _sort, order: _order, ...part } = search;
  const { data, error, dataUpdatedAt, isPlaceholderData, isFetching, refetch } = useQuery({
    queryKey: ["search", q, part],
    enabled: q !== "",
    queryFn: ({ signal }) => backend.request("get", "/v1/search", { signal, query: { ...filterOf(part, Date.now()), q: q.slice(0, TYPED_MAX), limit: HITS_MAX, ...(part.explain ? { explain: true } : {}) } }),
    placeholderData: keepPreviousData,
    retry: false,
  });
  useEffect(() => {
    if (sequence !== "" && q !== "") void refetch();
    // Only what the server tells asks anew; other words are another query.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [sequence]);
  return { answer: data, pending: isPlaceholderData || (data === undefined && isFetching), error, asOf: dataUpdatedAt === 0 ? undefined : dataUpdatedAt, refresh: () => void refetch() };
}
