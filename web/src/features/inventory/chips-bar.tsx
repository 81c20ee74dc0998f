import { Button } from "@mantine/core";

import { chipsOf } from "./chips";
import styles from "./inventory.module.css";
import { widened, type InventorySearch } from "./search";

/** What narrows the view, each to be taken away. */
export function Chips({ search, onChange }: { search: InventorySearch; onChange(search: InventorySearch): void }) {
  const chips = chipsOf(search);
  if (chips.length === 0) return null;
  return (
    <ul className={styles["chips"]} aria-label="Filters">
      {chips.map(({ key, name, value, without }) => (
        <li key={key}>
          <button type="button" className={styles["chip"]} aria-label={`Remove the filter ${name}: ${value}`} onClick={() => onChange(without)}>
            <span className={styles["dim"]}>{name}</span> {value} <span aria-hidden="true">×</span>
          </button>
        </li>
      ))}
      {chips.length > 1 ? (
        <li>
          <Button size="compact-xs" variant="subtle" onClick={() => onChange(widened(search))}>
            Remove all
          </Button>
        </li>
      ) : null}
    </ul>
  );
}
