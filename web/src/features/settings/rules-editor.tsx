import { Button, TextInput } from "@mantine/core";

import { ageError, moved, sizeError, type RuleDraft } from "./retention-draft";
import styles from "./settings.module.css";

interface RulesEditorProps {
  rules: readonly RuleDraft[];
  onChange(rules: readonly RuleDraft[]): void;
}

/** The rules in order: of several that fit a type, the first counts. */
export function RulesEditor({ rules, onChange }: RulesEditorProps) {
  const change = (index: number, part: Partial<RuleDraft>): void => onChange(rules.map((rule, at) => (at === index ? { ...rule, ...part } : rule)));
  // On top: behind a rule for all types it would never count.
  const add = (): void => onChange([{ key: Math.max(0, ...rules.map(({ key }) => key)) + 1, types: "", age: "", size: "" }, ...rules]);
  return (
    <fieldset className={styles["fieldset"]}>
      <legend>Rules: of several that fit a type, the first counts</legend>
      <div>
        <Button variant="default" size="compact-xs" onClick={add}>
          Add a rule
        </Button>
      </div>
      {rules.map((rule, index) => (
        <div key={rule.key} className={styles["rule"]} role="group" aria-label={`Rule ${index + 1}`}>
          <TextInput label="Types" placeholder="kept, latest, groma.network.*" spellCheck={false} required value={rule.types} onChange={(event) => change(index, { types: event.currentTarget.value })} />
          <TextInput label="For" placeholder="any time" value={rule.age} error={ageError(rule.age)} onChange={(event) => change(index, { age: event.currentTarget.value })} />
          <TextInput label="Up to" placeholder="any size" value={rule.size} error={sizeError(rule.size)} onChange={(event) => change(index, { size: event.currentTarget.value })} />
          <div className={styles["buttons"]}>
            <Button size="compact-xs" variant="default" disabled={index === 0} aria-label={`Move rule ${index + 1} up`} onClick={() => onChange(moved(rules, index, -1))}>
              ↑
            </Button>
            <Button size="compact-xs" variant="default" disabled={index === rules.length - 1} aria-label={`Move rule ${index + 1} down`} onClick={() => onChange(moved(rules, index, 1))}>
              ↓
            </Button>
            <Button size="compact-xs" variant="default" aria-label={`Remove rule ${index + 1}`} onClick={() => onChange(rules.filter((_, at) => at !== index))}>
              Remove
            </Button>
          </div>
        </div>
      ))}
    </fieldset>
  );
}
