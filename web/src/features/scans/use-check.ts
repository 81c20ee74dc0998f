import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery, type UseQueryResult } from "@tanstack/react-query";

import type { ScanRequest, Validation } from "../../api/types";
import { backend } from "../../shared/backend/instance";

const TYPING_MS = 300;

/** Asks the server what a scan would do, once the typing rests. */
export function useCheck(request: ScanRequest): UseQueryResult<Validation> {
  const [rested] = useDebouncedValue(JSON.stringify(request), TYPING_MS);
  return useQuery({
    queryKey: ["validate", rested],
    enabled: request.targets.length > 0,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => backend.request("post", "/v1/scans/validate", { body: JSON.parse(rested) as ScanRequest, signal }),
  });
}
