import { Button } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore } from "react";

import { count } from "../../../shared/format/number";
import { Dialog } from "../../../shared/ui/dialog";
import { plain } from "./ansi";
import { LogLineRow } from "./log-line";
import styles from "./log.module.css";
import { baseFor, SEGMENT } from "./segment";
import type { LogSource } from "./source";

interface LogViewProps {
  label: string;
  source: LogSource;
  find: string;
  /** The line whose link was followed. */
  line: number | undefined;
  /** The line of the match at which the find is. */
  match: number | undefined;
  times: boolean;
  wrap: boolean;
  /** Whether it keeps its height however few lines there are, because more come. */
  tall: boolean;
  follow: boolean;
  onFollow(follow: boolean): void;
  /** Hears which line is on top, for the find to go on from. */
  onTop(line: number): void;
  onLine(line: number): void;
}

const ROW_PX = 20;
const NEAR_END_PX = 30;

/** The lines of a log, of which only those in view are in the page. */
export function LogView(props: LogViewProps) {
  const { source, find, line, match, times, wrap, tall, follow, onFollow, onTop } = props;
  const state = useSyncExternalStore(source.listen, source.get);
  const scroll = useRef<HTMLDivElement>(null);
  const lastTop = useRef(0);
  const [base, setBase] = useState(0);
  const [whole, setWhole] = useState<{ text: string; number: number } | null>(null);
  const rows = Math.max(0, Math.min(SEGMENT, state.rows - base));
  const virtual = useVirtualizer({
    count: rows,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW_PX,
    overscan: 20,
    paddingStart: 4,
    paddingEnd: 4,
  });
  const items = virtual.getVirtualItems();
  const [first, last] = [(items[0]?.index ?? 0) + base, (items.at(-1)?.index ?? 0) + base];

  useEffect(() => source.want(first, last), [source, first, last, state.version]);
  useEffect(() => source.follow(follow), [source, follow]);
  useLayoutEffect(() => virtual.measure(), [virtual, wrap]);

  // What stays in view when rows move: what was gone to, or what is on top.
  const anchor = useRef<{ line: number; align: "start" | "center" }>({ line: 1, align: "start" });
  /** Brings a line into view, in the part of the log that holds it. */
  const showLine = useCallback(
    (line: number): void => {
      anchor.current = { line, align: "center" };
      const target = baseFor(source.rowOf(line), base, source.get().rows);
      setBase(target);
      // After the part is drawn, or there is no such row yet.
      requestAnimationFrame(() => {
        virtual.scrollToIndex(source.rowOf(line) - target, { align: "center" });
        requestAnimationFrame(() => {
          lastTop.current = scroll.current?.scrollTop ?? 0;
        });
      });
    },
    [base, source, virtual],
  );

  const ready = state.rows > 0;
  const shown = useRef<string>("");
  useEffect(() => {
    const goal = match ?? line;
    const name = `${match ?? ""} ${line ?? ""}`;
    if (goal === undefined || !ready || shown.current === name) return;
    shown.current = name;
    showLine(goal);
  }, [line, match, ready, showLine]);

  useLayoutEffect(() => {
    if (!follow) return;
    const end = baseFor(state.rows - 1, base, state.rows);
    if (end !== base) return setBase(end);
    const element = scroll.current;
    if (element === null) return;
    element.scrollTop = element.scrollHeight;
    lastTop.current = element.scrollTop;
  }, [follow, state.rows, state.moved, base, wrap]);

  const moved = useRef(state.moved);
  useLayoutEffect(() => {
    if (moved.current === state.moved) return;
    moved.current = state.moved;
    const { line, align } = anchor.current;
    if (!follow) virtual.scrollToIndex(Math.max(0, source.rowOf(line) - base), { align });
  }, [state.moved, follow, virtual, source, base]);

  const onScroll = (): void => {
    const element = scroll.current;
    if (element === null) return;
    const { scrollTop } = element;
    const up = scrollTop < lastTop.current - 2;
    lastTop.current = scrollTop;
    const visible = virtual.getVirtualItemForOffset(scrollTop)?.index ?? 0;
    const { number } = source.row(visible + base);
    anchor.current = { line: number, align: "start" };
    onTop(number);
    const atEnd = base + rows >= state.rows && element.scrollHeight - scrollTop - element.clientHeight < NEAR_END_PX;
    if (follow && up && !atEnd) onFollow(false);
    else if (!follow && atEnd && !up) onFollow(true);
  };

  const digits = Math.max(3, String(state.lastLine).length);
  return (
    <>
      {base > 0 ? (
        <Part text={`${count(base)} rows stand above.`} button="Show earlier lines" onClick={() => showLine(source.row(base - 1).number)} />
      ) : null}
      <div ref={scroll} className={`${styles["scroll"]} ${wrap ? styles["wrap"] : ""} ${tall ? styles["tall"] : ""}`} onScroll={onScroll} tabIndex={0} role="table" aria-label={props.label} aria-rowcount={state.rows + 1}>
        <div role="row" aria-rowindex={1} className="sr-only">
          <span role="columnheader">Line</span>
          {times ? <span role="columnheader">Time</span> : null}
          <span role="columnheader">Stream</span>
          <span role="columnheader">Text</span>
        </div>
        <div role="rowgroup" className={styles["rows"]} style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const row = source.row(item.index + base);
            return (
              <LogLineRow
                key={item.key}
                ref={wrap ? virtual.measureElement : undefined}
                row={row}
                index={item.index}
                top={item.start}
                chosen={row.number === line}
                current={row.number === match}
                find={find}
                times={times}
                digits={digits}
                onWhole={setWhole}
                onLine={props.onLine}
              />
            );
          })}
        </div>
      </div>
      {base + rows < state.rows ? (
        <Part text={`${count(state.rows - base - rows)} rows stand below.`} button="Show later lines" onClick={() => showLine(source.row(base + rows).number)} />
      ) : null}
      {whole === null ? null : (
        <Dialog title={`Line ${count(whole.number)}`} onClose={() => setWhole(null)}>
          <textarea className={styles["wholeText"]} data-first readOnly rows={16} aria-label={`Text of line ${whole.number}`} value={plain(whole.text)} />
        </Dialog>
      )}
    </>
  );
}

function Part({ text, button, onClick }: { text: string; button: string; onClick(): void }) {
  return (
    <p className={styles["note"]}>
      {text}{" "}
      <Button size="compact-xs" variant="default" onClick={onClick}>
        {button}
      </Button>
    </p>
  );
}
