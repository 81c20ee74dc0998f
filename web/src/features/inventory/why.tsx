import type { SearchAnswer, SearchReason } from "../../api/types";
import { Marked } from "../../shared/thing/marked";

/** Why a thing is among the hits, in words. */
export function Why({ reasons, typed, meaning, explain }: { reasons: readonly SearchReason[]; typed: string; meaning: SearchAnswer["meaning"]; explain: boolean }) {
  return (explain ? reasons : toldReasons(reasons)).map((reason, index) => (
    <span key={reason.by === "exact" || reason.by === "fragment" ? `${reason.by} ${reason.field} ${reason.value}` : reason.by}>
      {index > 0 ? " · " : ""}
      <Reason reason={reason} typed={typed} meaning={meaning} />
    </span>
  ));
}

function Reason({ reason, typed, meaning }: { reason: SearchReason; typed: string; meaning: SearchAnswer["meaning"] }) {
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
          {figures([reason.rank ? `rank ${reason.rank}` : "", reason.score ? `BM25 ${reason.score.toPrecision(2)}` : ""])}
        </>
      );
    case "meaning":
      // Without the model nothing is known of meaning: it is the spelling that is alike.
      return <>{meaning === "lexical" ? "is near in spelling" : "is near in meaning"}{figures([reason.rank ? `rank ${reason.rank}` : "", typeof reason.cosine === "number" ? `cosine ${reason.cosine.toFixed(3)}` : ""])}</>;
  }
}

/** Returns the reasons that say something: who is named whole has the words and the parts of it as well. */
export function toldReasons(reasons: readonly SearchReason[]): readonly SearchReason[] {
  const exact = reasons.filter(({ by }) => by === "exact");
  return exact.length === 0 ? reasons : exact;
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
