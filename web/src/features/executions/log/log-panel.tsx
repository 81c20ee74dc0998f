import { Button, Checkbox, NativeSelect } from "@mantine/core";
import { useRef, useState, useSyncExternalStore, type ReactNode } from "react";

import type { LogStream } from "../../../api/types";
import { counted } from "../../../shared/format/number";
import { Empty } from "../../../shared/ui/empty";
import { Failure } from "../../../shared/ui/message";
import { Panel } from "../../../shared/ui/panel";
import { useThrottled } from "../../../shared/ui/use-throttled";
import { FindBar } from "./find-bar";
import { nextMatch } from "./finder";
import { LogView } from "./log-view";
import styles from "./log.module.css";
import { SaveButtons } from "./save-buttons";
import { HELD_MAX } from "./stream-log";
import { useFound, useLog, useReadLog } from "./use-log";

/** What of a log's view is in the page's address. */
export interface LogSearch {
  /** The line that is shown and stands out. */
  line?: number | undefined;
  /** Text that is looked for. */
  find?: string | undefined;
  /** Only this stream. */
  stream?: LogStream | undefined;
}

interface LogPanelProps {
  id: string;
  title: string;
  /** Lines that there are. */
  lines: number;
  running: boolean;
  /** Whether the log is there still. */
  kept: boolean;
  search: LogSearch;
  onSearch(change: LogSearch): void;
  /** What stands above the lines, such as progress. */
  above?: ReactNode;
  fresh: ReactNode;
}

/** So often at most the view hears of more lines. */
const ADVANCE_MS = 120;

/** The log of an execution: all of it, the end live. */
export function LogPanel(props: LogPanelProps) {
  const { id, running, kept, search, onSearch } = props;
  const { line, find = "", stream } = search;
  const lastLine = useThrottled(kept ? props.lines : 0, ADVANCE_MS);
  const read = useReadLog(id);
  const source = useLog(read, stream, lastLine);
  const state = useSyncExternalStore(source.listen, source.get);
  const found = useFound(read, find, stream, lastLine);
  const [follow, setFollow] = useState(running && line === undefined && find === "");
  const [at, setAt] = useState(-1);
  const [gone, setGone] = useState(line === undefined ? "" : find);
  const [from, setFrom] = useState(0);
  const [times, setTimes] = useState(false);
  const [wrap, setWrap] = useState(false);
  const top = useRef(line ?? 1);

  const move = (forward: boolean): void => {
    const current = at >= 0 ? found.lines[at] : undefined;
    setFollow(false);
    setAt(nextMatch(found.lines, current ?? top.current - 1, current === undefined || forward));
  };
  // The first match below what is on top is gone to as soon as it is known; not when the address names a line.
  if (find !== "" && gone !== find && found.lines.length > 0) {
    setGone(find);
    setFollow(false);
    setAt(nextMatch(found.lines, from, true));
  }

  const lineCount = counted(state.lastLine, "line");
  return (
    <Panel
      title={props.title}
      flush
      aside={
        <>
          <span className={styles["dim"]}>{state.lastLine === 0 ? "" : lineCount}</span>
          {props.fresh}
        </>
      }
    >
      <div className={styles["tools"]}>
        <FindBar
          text={find}
          found={found}
          at={at}
          onText={(text) => {
            setAt(-1);
            setGone("");
            setFrom(top.current - 1);
            onSearch({ find: text === "" ? undefined : text, line: undefined });
          }}
          onMove={move}
        />
        <NativeSelect
          size="xs"
          aria-label="Show lines of"
          value={stream ?? ""}
          data={[
            { value: "", label: "Both streams" },
            { value: "stdout", label: "Standard output" },
            { value: "stderr", label: "Standard error" },
          ]}
          onChange={(event) => {
            const chosen = event.currentTarget.value;
            setAt(-1);
            onSearch({ stream: chosen === "" ? undefined : (chosen as LogStream) });
          }}
        />
        <Checkbox size="xs" label="Times" checked={times} onChange={(event) => setTimes(event.currentTarget.checked)} />
        <Checkbox size="xs" label="Wrap" checked={wrap} onChange={(event) => setWrap(event.currentTarget.checked)} />
        <Button size="compact-xs" variant={follow && running ? "light" : "default"} aria-pressed={follow} disabled={state.rows === 0} onClick={() => setFollow(!follow)}>
          {follow ? (running ? "Following" : "At the end") : running ? "Follow the end" : "Jump to the end"}
        </Button>
        <SaveButtons id={id} read={read} lastLine={state.lastLine} />
      </div>
      {props.above}
      {state.error ? <Failure title="Lines of the log could not be read" error={state.error} retry={() => source.retry()} /> : null}
      {state.beheaded ? (
        <p className={styles["note"]}>
          Earlier lines of this stream are not shown.{" "}
          <Button size="compact-xs" variant="default" onClick={() => onSearch({ stream: undefined })}>
            Show both streams
          </Button>
        </p>
      ) : null}
      {state.rows === 0 ? (
        <Nothing running={running} kept={kept} lines={lastLine} stream={stream} />
      ) : (
        <LogView
          key={stream ?? ""}
          label={props.title}
          source={source}
          find={find}
          line={line}
          match={at >= 0 ? found.lines[at] : undefined}
          times={times}
          wrap={wrap}
          tall={running}
          follow={follow}
          onFollow={setFollow}
          onTop={(number) => {
            top.current = number;
          }}
          onLine={(number) => onSearch({ line: number })}
        />
      )}
      {state.full ? <p className={styles["note"]}>{counted(HELD_MAX, "line")} of this stream are shown. Jump to the end, find a text, or read them with `groma executions logs`.</p> : null}
    </Panel>
  );
}

function Nothing({ running, kept, lines, stream }: { running: boolean; kept: boolean; lines: number; stream: LogStream | undefined }) {
  if (!kept) {
    return (
      <Empty inset title="The log is no longer kept">
        Logs are deleted after some days, or when they take too much space; what became of the execution is kept.
      </Empty>
    );
  }
  if (lines > 0 && stream === undefined) return <p className={styles["note"]}>Reading…</p>;
  return (
    <Empty inset title={stream === undefined ? "No output" : stream === "stderr" ? "Nothing on standard error" : "Nothing on standard output"}>
      {running ? "Lines show here the moment they are written." : "It ended without writing a line here."}
    </Empty>
  );
}
