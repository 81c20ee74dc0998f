import { piecesOf } from "./highlight";
import styles from "./thing.module.css";

/** A text in which what was looked for is marked, by more than colour. */
export function Marked({ text, words }: { text: string; words: readonly string[] }) {
  return piecesOf(text, words).map(({ at, text, hit }) =>
    hit ? (
      <mark key={at} className={styles["mark"]}>
        {text}
      </mark>
    ) : (
      <span key={at}>{text}</span>
    ),
  );
}
