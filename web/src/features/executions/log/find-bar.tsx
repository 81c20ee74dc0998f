import { Button, TextInput } from "@mantine/core";
import { useState, type KeyboardEvent } from "react";

import { count } from "../../../shared/format/number";
import { MATCHES_MAX, type Found } from "./finder";
import styles from "./log.module.css";

interface FindBarProps {
  /** What is looked for. */
  text: string;
  found: Found;
  /** Place of the match at which the find is; below 0: none yet. */
  at: number;
  onText(text: string): void;
  onMove(forward: boolean): void;
}

const TEXT_MAX = 200;

/** Looks for a text in all of the log: Enter for the next, Shift+Enter for the one before. */
export function FindBar({ text, found, at, onText, onMove }: FindBarProps) {
  const [typed, setTyped] = useState(text);
  const [held, hold] = useState(text);
  if (held !== text) {
    // Looked for by another way: back and forth in the browser's history.
    hold(text);
    setTyped(text);
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Escape" && typed !== "") {
      setTyped("");
      onText("");
    } else if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      if (typed === text) onMove(!event.shiftKey);
      else onText(typed);
    } else return;
    event.preventDefault();
  };
  const none = found.lines.length === 0;
  return (
    <div role="search" aria-label="Find in the log" className={styles["find"]}>
      <TextInput
        size="xs"
        aria-label="Find in the log"
        placeholder="Find in the log…"
        maxLength={TEXT_MAX}
        spellCheck={false}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        onBlur={() => {
          if (typed !== text) onText(typed);
        }}
      />
      {text === "" ? null : (
        <>
          <Button size="compact-xs" variant="default" disabled={none} onClick={() => onMove(false)} aria-label="Previous match">
            ↑
          </Button>
          <Button size="compact-xs" variant="default" disabled={none} onClick={() => onMove(true)} aria-label="Next match">
            ↓
          </Button>
        </>
      )}
      <span role="status" className={styles["dim"]}>
        {text === "" ? "" : saying(found, at)}
      </span>
    </div>
  );
}

function saying({ lines, done, error }: Found, at: number): string {
  if (error !== undefined) return "The log could not be searched.";
  if (lines.length === 0) return done ? "No line has it." : "Looking…";
  const all = `${count(lines.length)}${lines.length >= MATCHES_MAX ? "+" : ""}${done ? "" : "…"}`;
  return at < 0 ? `${all} lines` : `${count(at + 1)} of ${all}`;
}
