import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";

import type { ScanStatus } from "../../api/types";
import { backend } from "../../shared/backend/instance";
import { Failure } from "../../shared/ui/message";
import styles from "./list-page.module.css";
import { ScanTable } from "./scan-table";

interface OlderScansProps {
  /** Where the newest page ended. */
  cursor: string | null;
  status: ScanStatus | undefined;
}

/** The pages behind the newest one, as far as they were asked for. */
export function OlderScans({ cursor, status }: OlderScansProps) {
  // The live page moves on; what was asked for begins where it ended then.
  const [start, setStart] = useState<string | null>(null);
  const older = useInfiniteQuery({
    queryKey: ["scans", "older", status ?? "", start],
    enabled: start !== null,
    initialPageParam: start,
    queryFn: ({ pageParam, signal }) =>
      backend.request("get", "/v1/scans", { signal, query: { ...(pageParam === null ? {} : { cursor: pageParam }), ...(status === undefined ? {} : { status }) } }),
    getNextPageParam: (page) => page.next_cursor ?? null,
  });
  const scans = older.data?.pages.flatMap((page) => page.scans) ?? [];
  const more = start === null ? cursor !== null : older.hasNextPage;
  return (
    <>
      {scans.length === 0 ? null : <ScanTable scans={scans} label="Older scans" />}
      {older.error ? <Failure title="Older scans could not be read" error={older.error} retry={() => void older.refetch()} /> : null}
      {more ? (
        <div className={styles["more"]}>
          <Button
            variant="default"
            size="compact-sm"
            loading={older.isFetching}
            onClick={() => (start === null ? setStart(cursor) : void older.fetchNextPage())}
          >
            Show older scans
          </Button>
        </div>
      ) : null}
    </>
  );
}
