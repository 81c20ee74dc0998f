import { useState } from "react";

import type { Facets, FacetValue } from "../../api/types";
import { count } from "../../shared/format/number";
import { Kind } from "../../shared/thing/kind-word";
import { ThingState } from "../../shared/thing/thing-state";
import { FACET_WORDS, valueWord } from "./chips";
import styles from "./inventory.module.css";
import { FACETS, tagText, toggled, valuesOf, type FacetName, type InventorySearch } from "./search";

const SHOWN = 8;

interface FacetsProps {
  facets: Facets | undefined;
  search: InventorySearch;
  onChange(search: InventorySearch): void;
}

/** How things are spread over the values of their fields, each value a choice. */
export function FacetList({ facets, search, onChange }: FacetsProps) {
  if (facets === undefined) return <p className={styles["dim"]}>Reading…</p>;
  return (
    <>
      {FACETS.map((name) => (
        <Facet key={name} name={name} values={facets[name === "type" ? "kind" : name]} chosen={valuesOf(search, name)} onToggle={(value) => onChange(toggled(search, name, value))} />
      ))}
      <TagFacets facets={facets} search={search} onChange={onChange} />
    </>
  );
}

interface FacetProps {
  name: FacetName;
  values: readonly FacetValue[];
  chosen: readonly string[];
  onToggle(value: string): void;
}

function Facet({ name, values, chosen, onToggle }: FacetProps) {
  const [all, setAll] = useState(false);
  // What is chosen stays in the list although nothing has it any more.
  const gone = chosen.filter((value) => !values.some((one) => one.value === value)).map((value) => ({ value, count: 0 }));
  const whole = [...gone, ...values];
  if (whole.length === 0) return null;
  const shown = all ? whole : whole.filter(({ value }, index) => index < SHOWN || chosen.includes(value));
  return (
    <fieldset className={styles["facet"]}>
      <legend>{FACET_WORDS[name]}</legend>
      {shown.map(({ value, count: many }) => (
        <Choice key={value} label={<Value name={name} value={value} />} title={value} many={many} checked={chosen.includes(value)} onToggle={() => onToggle(value)} />
      ))}
      {whole.length > SHOWN ? (
        <button type="button" className={styles["moreValues"]} onClick={() => setAll(!all)}>
          {all ? "Fewer" : `${count(whole.length - shown.length)} more`}
        </button>
      ) : null}
    </fieldset>
  );
}

function Value({ name, value }: { name: FacetName; value: string }) {
  if (name === "type" && !value.includes("*")) return <Kind kind={value} />;
  if (name === "state") return <ThingState state={value} />;
  return <>{valueWord(name, value)}</>;
}

function TagFacets({ facets, search, onChange }: FacetsProps & { facets: Facets }) {
  const chosen = valuesOf(search, "tag");
  const keys = Object.entries(facets.tags);
  if (keys.length === 0) return null;
  return (
    <fieldset className={styles["facet"]}>
      <legend>Tags</legend>
      {keys.map(([key, values]) => {
        const open = values.some(({ value }) => chosen.includes(tagText(key, value)));
        return (
          <details key={key} className={styles["tagKey"]} open={open || undefined}>
            <summary>
              <span className={styles["clip"]}>{key}</span> <span className={styles["count"]}>{count(values.reduce((sum, one) => sum + one.count, 0))}</span>
            </summary>
            {values.map(({ value, count: many }) => {
              const tag = tagText(key, value);
              return <Choice key={value} label={value || "(empty)"} title={tag} many={many} checked={chosen.includes(tag)} onToggle={() => onChange(toggled(search, "tag", tag))} />;
            })}
          </details>
        );
      })}
    </fieldset>
  );
}

interface ChoiceProps {
  label: React.ReactNode;
  title: string;
  many: number;
  checked: boolean;
  onToggle(): void;
}

function Choice({ label, title, many, checked, onToggle }: ChoiceProps) {
  return (
    <label className={styles["choice"]} title={title}>
      <input type="checkbox" checked={checked} onChange={onToggle} />
      <span className={styles["clip"]}>{label}</span>
      {" "}
      <span className={styles["count"]}>{count(many)}</span>
    </label>
  );
}
