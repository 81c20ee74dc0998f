import { useLayoutEffect, useRef, type RefObject } from "react";

import type { ResourceView, ThingRow } from "./resource-view";
import { ROW_PX } from "./thing-line";

/** Scrolls so that a row stands in view, below the heads. */
export function showRow(scroll: HTMLElement | null, index: number): void {
  if (scroll === null) return;
  const top = index * ROW_PX;
  const bottom = top + 2 * ROW_PX - scroll.clientHeight;
  if (scroll.scrollTop > top) scrollTo(scroll, top);
  else if (scroll.scrollTop < bottom) scrollTo(scroll, bottom);
}

function scrollTo(scroll: HTMLElement, top: number): void {
  scroll.scrollTop = top;
}

/** Keeps the row that stands on top where it is when others come or go above it; at the very top, what is new shows. */
export function useKeptPlace(view: ResourceView, rows: readonly ThingRow[], element: RefObject<HTMLDivElement | null>): void {
  const before = useRef<{ view: ResourceView; rows: readonly ThingRow[] }>({ view, rows });
  useLayoutEffect(() => {
    const scroll = element.current;
    const known = before.current;
    before.current = { view, rows };
    if (scroll === null) return;
    if (known.view !== view) {
      scrollTo(scroll, view.scrollTop);
      return;
    }
    if (known.rows === rows || scroll.scrollTop < ROW_PX) return;
    const index = Math.floor(scroll.scrollTop / ROW_PX);
    const key = known.rows[index]?.id;
    if (key === undefined || rows[index]?.id === key) return;
    const moved = rows.findIndex((row) => row.id === key);
    if (moved !== -1) scrollTo(scroll, scroll.scrollTop + (moved - index) * ROW_PX);
  }, [view, rows, element]);
}
