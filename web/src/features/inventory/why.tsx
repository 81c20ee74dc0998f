import type { SearchAnswer, SearchReason } from "../../api/types";
import { Marked } from "../../shared/thing/marked";

/** Why a thing is among the hits, in words. */
export function Why({ reasons, typed }: { reasons: readonly SearchReason[]; typed: string }) {
  return reasons.map((reason, index) => (
    <span key={reason.by === "exact" || reason.by === "fragment" ? `${reason.by} ${reason.field} ${reason.value}` : reason.by}>
      {index > 0 ? " · " : ""}
      <Reason reason={reason} typed={typed} />
    </span>
  ));
}

function Reason({ reason, typed }: { reason: SearchReason; typed: string }) {
  switch (reason.by) {
    case "exact":
      return (
        <>
          is its {reason.field}
          {reason.field === "name" ? "" : " "}
          {reason.field === "name" ? null : <Marked text={reason.value} words={[typed]} />}
        </>
      );
    case "fragment":
      return (
        <>
          {reason.field} contains “{typed}”
          {reason.field === "name" ? null : (
            <>
              {": "}
              <Marked text={reason.value} words={[typed]} />
            </>
          )}
        </>
      );
    case "words":
      return (
        <>
          {reason.terms.length === 1 ? "has the word " : "has the words "}
          <Marked text={reason.terms.join(", ")} words={reason.terms} />
          {figures([reason.rank ? `rank ${reason.rank}` : "", reason.score ? `BM25 ${reason.score.toFixed(2)}` : ""])}
        </>
      );
    case "meaning":
      return <>means something similar{figures([reason.rank ? `rank ${reason.rank}` : "", typeof reason.cosine === "number" ? `cosine ${reason.cosine.toFixed(3)}` : ""])}</>;
  }
}

function figures(parts: readonly string[]): string {
  const told = parts.filter((part) => part !== "");
  return told.length === 0 ? "" : ` (${told.join(", ")})`;
}

/** Returns the words to mark in names: what was typed, and what it was taken for. */
export function wordsOf(typed: string, answer: SearchAnswer | undefined): string[] {
  const words = typed.split(/\s+/).filter((word) => word.length > 1);
  return [typed, ...words, ...(answer?.corrections ?? []).map(({ taken_for }) => taken_for)];
}
