import { Button } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import type { FieldChange, Resource, ResourceChange } from "../../api/types";
import { backend } from "../../shared/backend/instance";
import { counted } from "../../shared/format/number";
import { moment } from "../../shared/format/time";
import { Failure } from "../../shared/ui/message";
import { Panel } from "../../shared/ui/panel";
import { pointerText, valueText } from "./pointer";
import styles from "./thing-page.module.css";
import { Tree } from "./tree";

const PAGE = 50;
/** A value longer than this is cut; the whole stands behind it. */
const VALUE_MAX = 160;
const SIGNS = { added: "+", updated: "±", deleted: "−" } as const;

interface TimelineProps {
  thing: Resource;
  revision: number;
  fresh: ReactNode;
}

/** What changed about a thing, field by field, newest first. */
export function Timeline({ thing, revision, fresh }: TimelineProps) {
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInfiniteQuery({
    queryKey: ["history", thing.id, revision],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) => backend.request("get", "/v1/resources/{id}/history", { signal, path: { id: thing.id }, query: { limit: PAGE, ...(pageParam === "" ? {} : { cursor: pageParam }) } }),
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  });
  const changes = data?.pages.flatMap((page) => page.changes) ?? [];
  return (
    <Panel title="History" aside={fresh} flush>
      {error ? <Failure title="The history could not be read" error={error} retry={() => void refetch()} /> : null}
      {data !== undefined && changes.length === 0 ? <p className={`${styles["inset"]} ${styles["dim"]}`}>No change is kept of it: what was older than the retention allows is gone.</p> : null}
      <ol className={styles["timeline"]}>
        {changes.map((change) => (
          <li key={`${change.at} ${change.scan} ${change.change}`}>
            <Change change={change} />
          </li>
        ))}
      </ol>
      {hasNextPage ? (
        <div className={styles["more"]}>
          <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Show older changes
          </Button>
        </div>
      ) : null}
    </Panel>
  );
}

function Change({ change: { at, change, scan, diff } }: { change: ResourceChange }) {
  return (
    <>
      <div className={styles["changeHead"]}>
        <span className={`${styles["sign"]} ${styles[change] ?? ""}`} aria-hidden="true">
          {SIGNS[change]}
        </span>
        <strong>{change}</strong>
        <span className={styles["dim"]}>{moment(at)}</span>
        <Link to="/scans/$id" params={{ id: scan }}>
          scan {scan.slice(-8)}
        </Link>
      </div>
      {change === "updated" ? (
        <Diff diff={diff} />
      ) : diff.length === 0 ? null : (
        <Whole title={change === "added" ? "As it was first seen" : "As it was last known"} diff={diff} />
      )}
    </>
  );
}

/** The whole of what came or went: one value, or field by field. */
function Whole({ title, diff }: { title: string; diff: readonly FieldChange[] }) {
  const [first] = diff;
  const value = diff.length === 1 && first?.path === "" ? (first.after ?? first.before) : null;
  const whole = typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  return (
    <details className={styles["whole"]}>
      <summary>
        {title} <span className={styles["dim"]}>{counted(whole === null ? diff.length : Object.keys(whole).length, "field")}</span>
      </summary>
      {whole === null ? <Diff diff={diff} /> : <Tree value={whole} />}
    </details>
  );
}

function Diff({ diff }: { diff: readonly FieldChange[] }) {
  return (
    <ul className={styles["diff"]}>
      {diff.map((field) => (
        <li key={field.path}>
          <span className={`mono ${styles["path"]}`}>{pointerText(field.path)}</span>
          <span className={styles["values"]}>
            {field.before === null ? null : <Value look="before" word="before" value={field.before} />}
            {field.before === null || field.after === null ? null : <span aria-hidden="true">→</span>}
            {field.after === null ? <span className={styles["dim"]}>{field.before === null ? "–" : "→ gone"}</span> : <Value look="after" word="now" value={field.after} />}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Value({ look, word, value }: { look: "before" | "after"; word: string; value: unknown }) {
  const text = valueText(value);
  const body = <span className={`mono ${styles[look] ?? ""}`}>{text.length > VALUE_MAX ? `${text.slice(0, VALUE_MAX)}…` : text}</span>;
  return (
    <>
      <span className="sr-only">{word} </span>
      {text.length > VALUE_MAX ? (
        <details className={styles["long"]}>
          <summary>{body}</summary>
          <pre tabIndex={0} aria-label={`${word}, whole`}>
            {typeof value === "string" ? value : JSON.stringify(value, null, 2)}
          </pre>
        </details>
      ) : (
        body
      )}
    </>
  );
}
