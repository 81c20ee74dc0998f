import { QueryClient } from "@tanstack/react-query";

import { RequestError } from "../shared/backend/problem";

const LONGEST_MS = 30_000;

/** Answers that streams don't keep current: asked again when the window comes back, and after errors that may pass. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5000,
      retryDelay: (failures, error) => (error instanceof RequestError ? error.retryAfterMs : null) ?? Math.min(LONGEST_MS, 1000 * 2 ** failures),
      retry: (failures, error) => failures < 2 && error instanceof RequestError && error.retryable,
    },
  },
});
