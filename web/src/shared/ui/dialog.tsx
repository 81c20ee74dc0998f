import { CloseButton } from "@mantine/core";
import { useId, useLayoutEffect, useRef, type ReactNode } from "react";

import styles from "./dialog.module.css";

interface DialogProps {
  title: string;
  onClose(): void;
  /** Whether only a button of its own closes it, because what it shows cannot be had again. */
  stays?: boolean;
  children: ReactNode;
}

/** A question that wants an answer: the browser's own dialog, which keeps the focus, closes on Escape and gives the focus back. What has `data-first` takes it at first. */
export function Dialog({ title, onClose, stays = false, children }: DialogProps) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  // Closed while it is still in the page, or the focus does not go back.
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    element?.querySelector<HTMLElement>("[data-first]")?.focus();
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={styles["dialog"]}
      aria-labelledby={id}
      // Asked twice to close, the browser closes without a question; a key that was dealt with asks nothing.
      onKeyDown={(event) => {
        if (stays && event.key === "Escape") event.preventDefault();
      }}
      onClose={() => {
        if (!dialog.current?.open) onClose();
      }}
      onCancel={(event) => {
        event.preventDefault();
        if (!stays) onClose();
      }}
    >
      <div className={styles["head"]}>
        <h2 id={id}>{title}</h2>
        {stays ? null : <CloseButton aria-label="Close dialog" onClick={onClose} />}
      </div>
      <div className={styles["body"]}>{children}</div>
    </dialog>
  );
}
