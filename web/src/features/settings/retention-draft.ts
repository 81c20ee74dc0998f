import type { components } from "../../api/schema";
import { exactBytes, readBytes, readSpan, span } from "../../shared/format/quantity";
import type { Retention, RetentionRule } from "./types";

type RetentionRequest = components["schemas"]["RetentionRequest"];

/** A rule as its row holds it; empty texts set no limit. */
export interface RuleDraft {
  /** Tells rows apart while they move. */
  key: number;
  types: string;
  age: string;
  size: string;
}

export interface RetentionDraft {
  rules: readonly RuleDraft[];
  ceiling: string;
  archive: boolean;
  expiry: string;
}

const AGE_MIN_S = 60;

export function draftOf(retention: Retention): RetentionDraft {
  return {
    rules: retention.rules.map((rule, index) => ({
      key: index,
      types: rule.types,
      age: rule.max_age_seconds ? span(rule.max_age_seconds) : "",
      size: rule.max_bytes ? exactBytes(rule.max_bytes) : "",
    })),
    ceiling: retention.disk_max_bytes === 0 ? "" : exactBytes(retention.disk_max_bytes),
    archive: retention.archive,
    expiry: span(retention.consumer_expiry_seconds),
  };
}

/** Returns what is wrong with an age; null when nothing is. */
export function ageError(text: string): string | null {
  if (text.trim() === "") return null;
  const seconds = readSpan(text);
  if (seconds === null) return "Write it as 90 d, 12 h, 30 min";
  return seconds < AGE_MIN_S ? "At least a minute" : null;
}

/** Returns what is wrong with a size; null when nothing is. */
export function sizeError(text: string): string | null {
  return text.trim() === "" || readBytes(text) !== null ? null : "Write it as 500 MiB, 5 GiB";
}

/** Returns the change to ask for; null while something is wrong. */
export function requestOf(draft: RetentionDraft): RetentionRequest | null {
  const expiry = readSpan(draft.expiry);
  const wrong = draft.rules.some((rule) => rule.types.trim() === "" || ageError(rule.age) !== null || sizeError(rule.size) !== null);
  if (wrong || expiry === null || sizeError(draft.ceiling) !== null) return null;
  return {
    rules: draft.rules.map(ruleOf),
    disk_max_bytes: readBytes(draft.ceiling) ?? 0,
    archive: draft.archive,
    consumer_expiry_seconds: expiry,
  };
}

function ruleOf({ types, age, size }: RuleDraft): RetentionRule {
  const seconds = readSpan(age);
  const bytes = readBytes(size);
  return { types: types.trim(), ...(seconds === null ? {} : { max_age_seconds: seconds }), ...(bytes === null ? {} : { max_bytes: bytes }) };
}

/** Returns the rules with one moved a place up or down. */
export function moved(rules: readonly RuleDraft[], index: number, by: -1 | 1): readonly RuleDraft[] {
  const target = index + by;
  const [a, b] = [rules[index], rules[target]];
  if (a === undefined || b === undefined) return rules;
  return rules.with(index, b).with(target, a);
}
