import { Link, useNavigate } from "@tanstack/react-router";
import { useId, useState, type KeyboardEvent, type RefObject } from "react";

import type { SearchAnswer, SearchHit } from "../../api/types";
import { Kind } from "../../shared/thing/kind-word";
import { Marked } from "../../shared/thing/marked";
import { scopeText } from "../../shared/thing/scope";
import { ThingState } from "../../shared/thing/thing-state";
import { useNow } from "../../shared/ui/use-now";
import { Seen } from "./columns";
import styles from "./inventory.module.css";
import { forRows, rowKey } from "./row-keys";
import type { Found } from "./use-search";
import { Why, wordsOf } from "./why";

const PAGE = 8;

interface HitsProps {
  found: Found;
  typed: string;
  height: string;
  element: RefObject<HTMLDivElement | null>;
}

/** What was found, best first, each with why. */
export function Hits({ found, typed, height, element }: HitsProps) {
  const hits = found.answer?.hits ?? [];
  const now = useNow(5000);
  const id = useId();
  const navigate = useNavigate();
  // Other words begin at none.
  const [active, setActive] = useState({ typed, id: "" });
  const choose = (id: string): void => setActive({ typed, id });
  const at = active.typed === typed ? hits.findIndex(({ resource }) => resource.id === active.id) : -1;
  const words = wordsOf(typed, found.answer);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!forRows(event)) return;
    const does = rowKey(event.key, at, hits.length, PAGE);
    if (does === null) return;
    event.preventDefault();
    const hit = hits[does === "open" ? at : does.move];
    if (hit === undefined) return;
    if (does === "open") void navigate({ to: "/inventory/$id", params: { id: hit.resource.id } });
    else {
      choose(hit.resource.id);
      document.getElementById(`${id}-${does.move}`)?.scrollIntoView({ block: "nearest" });
    }
  };
  return (
    <div
      ref={element}
      role="grid"
      aria-label="Found"
      aria-rowcount={hits.length}
      aria-busy={found.pending || undefined}
      aria-activedescendant={at === -1 ? undefined : `${id}-${at}`}
      className={`${styles["hits"]} ${found.pending ? styles["pending"] : ""}`}
      style={{ maxHeight: height }}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      {hits.map((hit, index) => (
        <Hit key={hit.resource.id} id={`${id}-${index}`} hit={hit} typed={typed} words={words} meaning={found.answer?.meaning ?? "model"} now={now} active={index === at} onPoint={() => choose(hit.resource.id)} />
      ))}
    </div>
  );
}

interface HitProps {
  id: string;
  hit: SearchHit;
  typed: string;
  words: readonly string[];
  meaning: SearchAnswer["meaning"];
  now: number;
  active: boolean;
  onPoint(): void;
}

function Hit({ id, hit, typed, words, meaning, now, active, onPoint }: HitProps) {
  const { resource, why, score } = hit;
  return (
    <div role="row" id={id} aria-selected={active} className={`${styles["hit"]} ${active ? styles["active"] : ""}`} onPointerDown={onPoint}>
      <div role="gridcell">
        <Kind kind={resource.kind} />
      </div>
      <div role="gridcell" className={styles["hitName"]}>
        <Link to="/inventory/$id" params={{ id: resource.id }} className={styles["name"]} tabIndex={-1}>
          <Marked text={resource.name || resource.id} words={words} />
        </Link>
      </div>
      <div role="gridcell">
        <ThingState state={resource.state} deleted={!!resource.deleted_at} />
      </div>
      <div role="gridcell" className={styles["clip"]}>
        {scopeText(resource.scope) || "–"}
      </div>
      <div role="gridcell" className={styles["end"]}>
        <Seen at={resource.last_seen} now={now} gone={!!resource.deleted_at} />
      </div>
      <div role="gridcell" className={styles["why"]}>
        <Why reasons={why} typed={typed} meaning={meaning} explain={typeof score === "number"} />
        {typeof score === "number" ? ` · score ${score.toFixed(3)}` : null}
      </div>
    </div>
  );
}
