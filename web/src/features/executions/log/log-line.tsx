import { memo, type MouseEvent, type Ref } from "react";

import { count } from "../../../shared/format/number";
import { clockMillis } from "../../../shared/format/time";
import { spansOf, type Span } from "./ansi";
import { marked } from "./highlight";
import styles from "./log.module.css";
import type { LogRow } from "./source";

/** What of a long line shows until all of it is asked for. */
const SHOWN_MAX = 2000;

interface LogLineProps {
  ref?: Ref<HTMLDivElement>;
  row: LogRow;
  index: number;
  /** Its distance from the first, in pixels. */
  top: number;
  /** Whether its link was followed. */
  chosen: boolean;
  /** Whether it is the match at which the find is. */
  current: boolean;
  find: string;
  times: boolean;
  /** Width of the numbers in characters. */
  digits: number;
  /** Shows all of a long line. */
  onWhole(line: { text: string; number: number }): void;
  /** Follows a line's link. */
  onLine(number: number): void;
}

/** A row of a log: its number, which is its link, the stream if it is standard error, and its text. */
export const LogLineRow = memo(LineRow, (before, after) => {
  const { row: a, ...rest } = before;
  const { row: b, ...others } = after;
  // Rows are made anew for every look at them; what they hold is not.
  const same = a.kind === b.kind && a.number === b.number && (a.kind !== "line" || b.kind !== "line" || a.line === b.line) && (a.kind !== "gap" || b.kind !== "gap" || a.gap === b.gap);
  return same && (Object.keys(rest) as (keyof typeof rest)[]).every((name) => rest[name] === others[name]);
});

function LineRow({ ref, row, index, top, chosen, current, find, times, digits, onWhole, onLine }: LogLineProps) {
  const base = { ref, role: "row", "data-index": index, "aria-rowindex": index + 2, style: { top } };
  const open = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    onLine(row.number);
  };
  if (row.kind === "gap") {
    const { first_line: first, last_line: last, reason } = row.gap;
    return (
      <div {...base} className={`${styles["row"]} ${styles["gap"]}`}>
        <span role="cell">
          {first === last ? `Line ${count(first)} is` : `Lines ${count(first)}–${count(last)} are`} not in the log: {reason}
        </span>
      </div>
    );
  }
  const line = row.kind === "line" ? row.line : undefined;
  const stderr = line?.stream === "stderr";
  const look = [styles["row"], stderr ? styles["stderr"] : "", chosen ? styles["chosen"] : "", current ? styles["current"] : ""].join(" ");
  return (
    <div {...base} className={look} aria-current={chosen || current ? "true" : undefined}>
      <span role="rowheader" className={styles["number"]} style={{ minWidth: `calc(${digits}ch + 0.9rem)` }}>
        {row.number > 0 ? (
          <a href={`?line=${row.number}`} onClick={open} aria-label={`Line ${row.number}`}>
            {row.number}
          </a>
        ) : null}
      </span>
      {times ? (
        <span role="cell" className={styles["time"]}>
          {line ? clockMillis(line.timestamp) : ""}
        </span>
      ) : null}
      <span role="cell" className={styles["stream"]}>
        {stderr ? "err" : ""}
      </span>
      <span role="cell" className={styles["text"]}>
        {line ? <Text line={line.line} find={find} onWhole={() => onWhole({ text: line.line, number: row.number })} /> : <span className={styles["dim"]}>…</span>}
        {line?.partial ? (
          <span className={styles["mark"]} title="The line was too long, or waited too long for its end: it goes on in the next line of the stream.">
            goes on
          </span>
        ) : null}
      </span>
    </div>
  );
}

function Text({ line, find, onWhole }: { line: string; find: string; onWhole(): void }) {
  const long = line.length > SHOWN_MAX;
  return (
    <>
      {marked(spansOf(long ? line.slice(0, SHOWN_MAX) : line), find).map((part) => (
        <Part key={part.at} part={part} found={part.found} />
      ))}
      {long ? (
        <button type="button" className={styles["whole"]} onClick={onWhole}>
          {count(line.length - SHOWN_MAX)} more characters
        </button>
      ) : null}
    </>
  );
}

function Part({ part, found }: { part: Span; found: boolean }) {
  const look = [part.colour === undefined ? "" : styles[`ansi${part.colour}`], part.bold ? styles["bold"] : "", part.underline ? styles["underline"] : ""].filter(Boolean).join(" ");
  if (found) return <mark className={look || undefined}>{part.text}</mark>;
  return look === "" ? part.text : <span className={look}>{part.text}</span>;
}
