import { CloseButton } from "@mantine/core";
import { useEffect, useState } from "react";

import { useNotices, type Notice } from "./notices-store";
import styles from "./notices.module.css";
import { Prose } from "./prose";

const WORDS = { done: "", warning: "Warning: ", error: "Error: " } as const;
const SHOWN_MS = 6000;

/** What came of the user's last actions: confirmations are told when the listener is free, errors at once. */
export function Notices() {
  const { notices, dismiss } = useNotices();
  const errors = notices.filter(({ kind }) => kind === "error");
  const others = notices.filter(({ kind }) => kind !== "error");
  return (
    <div className={styles["place"]}>
      <div role="alert">{errors.length === 0 ? null : <List notices={errors} dismiss={dismiss} />}</div>
      <div role="status" aria-live="polite">
        {others.length === 0 ? null : <List notices={others} dismiss={dismiss} />}
      </div>
    </div>
  );
}

interface ListProps {
  notices: readonly Notice[];
  dismiss(id: number): void;
}

function List({ notices, dismiss }: ListProps) {
  return (
    <ul className={styles["notices"]}>
      {notices.map((notice) => (
        // The same said again shows for its whole time again.
        <One key={`${notice.id} ${notice.count}`} notice={notice} dismiss={dismiss} />
      ))}
    </ul>
  );
}

function One({ notice, dismiss }: { notice: Notice; dismiss(id: number): void }) {
  const { id, kind, text, detail, count } = notice;
  // Whoever points at a confirmation or tabs to it is still reading.
  const [held, hold] = useState(false);
  useEffect(() => {
    if (kind !== "done" || held) return undefined;
    const timer = setTimeout(() => dismiss(id), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [id, kind, held, dismiss]);
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- nothing is done by it; it only notices that somebody reads
    <li
      className={`${styles["notice"]} ${styles[kind] ?? ""}`}
      onPointerEnter={() => hold(true)}
      onPointerLeave={() => hold(false)}
      onFocus={() => hold(true)}
      onBlur={() => hold(false)}
    >
      <div className={styles["words"]}>
        <p>
          {WORDS[kind]}
          <Prose text={text} />
          {count > 1 ? <span className={styles["count"]}> ({count} times)</span> : null}
        </p>
        {detail ? (
          <p className={styles["detail"]}>
            <Prose text={detail} />
          </p>
        ) : null}
      </div>
      <CloseButton size="sm" aria-label="Close notice" onClick={() => dismiss(id)} />
    </li>
  );
}
