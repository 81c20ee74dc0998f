import { CloseButton, TextInput } from "@mantine/core";
import { useEffect, useRef, useState } from "react";

import { usePreferences } from "../../shared/preferences/store";
import styles from "./inventory.module.css";

/** So long after the last key it is searched, in milliseconds. */
const REST_MS = 160;

interface SearchBoxProps {
  /** What the address has. */
  value: string;
  onSearch(text: string): void;
  /** Enter: opens the best hit. */
  onOpenFirst(text: string): void;
  /** The arrow that leads into the list. */
  onDown(): void;
}

/** Where one types what is looked for. */
export function SearchBox({ value, onSearch, onOpenFirst, onDown }: SearchBoxProps) {
  const [text, setText] = useState(value);
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const told = useRef(value);
  // The address changed by other means: Back, a link, a saved view.
  useEffect(() => {
    if (value === told.current) return;
    told.current = value;
    clearTimeout(timer.current);
    setText(value);
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  useSlash(input);
  const tell = (text: string): void => {
    clearTimeout(timer.current);
    const trimmed = text.trim();
    if (trimmed === told.current) return;
    told.current = trimmed;
    onSearch(trimmed);
  };
  return (
    <TextInput
      ref={input}
      type="search"
      className={styles["search"]}
      aria-label="Search things"
      aria-keyshortcuts="/"
      placeholder="Search: postgres in production, 10.1.0.7, an ARN, a part of a name…"
      autoComplete="off"
      spellCheck={false}
      maxLength={1000}
      value={text}
      rightSection={
        text === "" ? (
          <kbd className={styles["kbd"]} aria-hidden="true">
            /
          </kbd>
        ) : (
          <CloseButton
            size="sm"
            aria-label="Clear search"
            onClick={() => {
              setText("");
              tell("");
              input.current?.focus();
            }}
          />
        )
      }
      onChange={(event) => {
        const typed = event.currentTarget.value;
        setText(typed);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => tell(typed), REST_MS);
      }}
      onKeyDown={(event) => {
        if (event.nativeEvent.isComposing) return;
        if (event.key === "Enter") {
          tell(text);
          if (text.trim() !== "") onOpenFirst(text.trim());
        } else if (event.key === "ArrowDown") {
          event.preventDefault();
          onDown();
        } else if (event.key === "Escape" && text !== "") {
          event.preventDefault();
          setText("");
          tell("");
        }
      }}
    />
  );
}

/** `/` goes to the field from anywhere on the page that takes no keys of its own. */
function useSlash(input: React.RefObject<HTMLInputElement | null>): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || !usePreferences.getState().singleKeys) return;
      if (event.target instanceof Element && event.target.closest("input, textarea, select, dialog, [contenteditable]") !== null) return;
      if (document.querySelector("dialog[open]") !== null) return;
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [input]);
}
