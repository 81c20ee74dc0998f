import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";

import { describe } from "../../../shared/backend/problem";
import { count, counted } from "../../../shared/format/number";
import { notify } from "../../../shared/ui/notices-store";
import { offer, textOf } from "./save";
import type { ReadLog } from "./source";

const COPIED_MAX = 10_000;

interface SaveButtonsProps {
  id: string;
  read: ReadLog;
  lastLine: number;
}

/** Takes a log away: all of it as a file, or its lines to the clipboard. */
export function SaveButtons({ id, read, lastLine }: SaveButtonsProps) {
  const abort = useRef<AbortController>(null);
  const [at, setAt] = useState(0);
  useEffect(() => () => abort.current?.abort(), []);
  const signal = (): AbortSignal => {
    abort.current = new AbortController();
    return abort.current.signal;
  };
  const download = useMutation({
    mutationFn: async () => {
      const { parts, cut } = await textOf(read, 1, Number.POSITIVE_INFINITY, true, signal(), setAt);
      offer(parts, `execution-${id}.log`);
      return cut;
    },
    onSuccess: (cut) => {
      if (cut) notify({ kind: "warning", text: "The log is larger than a browser should gather: the file has its beginning.", detail: `\`groma executions logs ${id} > file\` writes all of it.` });
    },
    onError: (error) => notify({ kind: "error", text: "The log was not downloaded.", detail: describe(error) }),
  });
  const from = Math.max(1, lastLine - COPIED_MAX + 1);
  const copy = useMutation({
    mutationFn: async () => {
      const { parts } = await textOf(read, from, COPIED_MAX, false, signal());
      await (navigator.clipboard?.writeText(parts.join("")) ?? Promise.reject(new Error("The browser does not allow copying here.")));
    },
    onSuccess: () => notify({ kind: "done", text: from === 1 ? `${counted(lastLine, "line")} copied.` : `The last ${count(COPIED_MAX)} lines are copied.` }),
    onError: (error) => notify({ kind: "error", text: "The log was not copied.", detail: describe(error) }),
  });
  return (
    <>
      <Button size="compact-xs" variant="default" disabled={lastLine === 0 || copy.isPending} onClick={() => copy.mutate()}>
        {from === 1 ? "Copy log" : `Copy last ${count(COPIED_MAX)}`}
      </Button>
      <Button size="compact-xs" variant="default" disabled={lastLine === 0 || download.isPending} onClick={() => download.mutate()}>
        {download.isPending ? `Reading line ${count(at)}…` : "Download"}
      </Button>
    </>
  );
}
