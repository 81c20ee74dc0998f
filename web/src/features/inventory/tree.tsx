import { counted } from "../../shared/format/number";
import { valueText } from "./pointer";
import styles from "./thing-page.module.css";

interface TreeProps {
  value: Record<string, unknown> | readonly unknown[];
  /** How deep below the thing it stands. */
  depth?: number;
}

/** Below this depth, and with more parts than this, branches begin closed. */
const OPEN_DEPTH = 1;
const OPEN_PARTS = 12;

/** A value of JSON to read: names and values, what is nested to be opened and closed. */
export function Tree({ value, depth = 0 }: TreeProps) {
  const entries: [string, unknown][] = Array.isArray(value) ? value.map((part, index) => [String(index), part]) : Object.entries(value);
  return (
    <ul className={styles["tree"]}>
      {entries.map(([name, part]) => (
        <li key={name}>{isBranch(part) ? <Branch name={name} part={part} depth={depth} /> : <Leaf name={name} part={part} />}</li>
      ))}
    </ul>
  );
}

function isBranch(value: unknown): value is Record<string, unknown> | readonly unknown[] {
  return typeof value === "object" && value !== null && size(value) > 0;
}

function size(value: object): number {
  return Array.isArray(value) ? value.length : Object.keys(value).length;
}

function Branch({ name, part, depth }: { name: string; part: Record<string, unknown> | readonly unknown[]; depth: number }) {
  const many = size(part);
  // A few plain values are read sooner than opened.
  if (Array.isArray(part) && many <= OPEN_PARTS && part.every((one) => typeof one !== "object" || one === null)) {
    return <Leaf name={name} part={part.map(valueText).join(", ")} />;
  }
  return (
    <details open={depth < OPEN_DEPTH && many <= OPEN_PARTS}>
      <summary>
        <span className={styles["key"]}>{name}</span> <span className={styles["dim"]}>{counted(many, Array.isArray(part) ? "item" : "field")}</span>
      </summary>
      <Tree value={part} depth={depth + 1} />
    </details>
  );
}

function Leaf({ name, part }: { name: string; part: unknown }) {
  return (
    <div className={styles["leaf"]}>
      <span className={styles["key"]}>{name}</span>
      <span className={`mono ${part === null || part === "" ? styles["dim"] : ""}`}>{leafText(part)}</span>
    </div>
  );
}

function leafText(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "object") return Array.isArray(value) ? "none" : "{}";
  return valueText(value);
}
