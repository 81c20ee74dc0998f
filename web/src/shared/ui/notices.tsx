import { CloseButton } from "@mantine/core";

import { useNotices } from "./notices-store";
import styles from "./notices.module.css";
import { Prose } from "./prose";

const WORDS = { done: "", warning: "Warning: ", error: "Error: " } as const;

/** What came of the user's last actions. */
export function Notices() {
  const { notices, dismiss } = useNotices();
  return (
    <div role="status" aria-live="polite">
      {notices.length === 0 ? null : (
        <ul className={styles["notices"]}>
          {notices.map((notice) => (
            <li key={notice.id} className={`${styles["notice"]} ${styles[notice.kind] ?? ""}`}>
              <p>
                {WORDS[notice.kind]}
                <Prose text={notice.text} />
              </p>
              <CloseButton size="sm" aria-label="Close notice" onClick={() => dismiss(notice.id)} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
