import { useEffect, useMemo, useSyncExternalStore } from "react";

import type { LogStream } from "../../../api/types";
import { backend } from "../../../shared/backend/instance";
import { Finder, type Found } from "./finder";
import type { LogSource, ReadLog } from "./source";
import { StreamLog } from "./stream-log";
import { WholeLog } from "./whole-log";

/** Returns what reads lines of an execution's log. */
export function useReadLog(id: string): ReadLog {
  return useMemo(() => (query, signal) => backend.request("get", "/v1/executions/{id}/logs", { path: { id }, query, signal }), [id]);
}

/** Returns a log, or one stream of it, that grows with `lastLine`; ends with the component. */
export function useLog(read: ReadLog, stream: LogStream | undefined, lastLine: number): LogSource {
  const source = useMemo<LogSource>(() => (stream === undefined ? new WholeLog(read) : new StreamLog(read, stream)), [read, stream]);
  useEffect(() => () => source.close(), [source]);
  useEffect(() => source.advanced(lastLine), [source, lastLine]);
  return source;
}

/** Returns the lines that contain a text, also those that come while it is looked for. */
export function useFound(read: ReadLog, text: string, stream: LogStream | undefined, lastLine: number): Found {
  const finder = useMemo(() => new Finder(read, text, stream), [read, text, stream]);
  useEffect(() => () => finder.close(), [finder]);
  useEffect(() => finder.advanced(lastLine), [finder, lastLine]);
  return useSyncExternalStore(finder.listen, finder.get);
}
