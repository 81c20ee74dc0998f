import { QueryClient } from "@tanstack/react-query";

import { RequestError } from "../shared/backend/problem";

/** Answers that streams don't keep current: asked again when the window comes back, and after errors that may pass. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5000,
      retry: (failures, error) => failures < 2 && error instanceof RequestError && error.retryable,
    },
  },
});
