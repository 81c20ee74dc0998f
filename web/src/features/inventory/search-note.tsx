import { Link } from "@tanstack/react-router";

import type { SearchAnswer } from "../../api/types";
import { count, latency } from "../../shared/format/number";
import { Prose } from "../../shared/ui/prose";
import styles from "./inventory.module.css";

/** How it was searched, and what the answer lacks. */
export function SearchNote({ answer }: { answer: SearchAnswer }) {
  return (
    <div className={styles["note"]} role="status">
      {answer.corrections?.length ? (
        <p>
          Spelling:{" "}
          {answer.corrections.map(({ typed, taken_for }, index) => (
            <span key={typed}>
              {index > 0 ? ", " : ""}
              <s>{typed}</s> → <strong>{taken_for}</strong>
            </span>
          ))}
        </p>
      ) : null}
      <p>
        <Mode answer={answer} />{" "}
        <span className={`${styles["dim"]} ${styles["together"]}`}>
          {count(answer.searched)} searched in {latency(answer.took_ms)}.
        </span>
      </p>
      {answer.note && !toldByMode(answer) ? (
        <p className={styles["lacks"]}>
          <span aria-hidden="true">△ </span>
          <Prose text={answer.note} />
        </p>
      ) : null}
    </div>
  );
}

function Mode({ answer: { meaning, note } }: { answer: SearchAnswer }) {
  if (meaning === "lexical") {
    return (
      <>
        By words and likeness of spelling: the language model is not installed (<code>groma model install</code>, or <Link to="/settings/search">the settings</Link>).
      </>
    );
  }
  if (meaning === "warming") return <>△ {note ?? "words only, warming"}.</>;
  return <>By words and meaning.</>;
}

/** Returns whether the mode says already what the note says. */
export function toldByMode({ meaning, note }: Pick<SearchAnswer, "meaning" | "note">): boolean {
  return !note || meaning !== "model";
}
