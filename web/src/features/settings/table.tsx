import type { ReactNode } from "react";

import styles from "./settings.module.css";

export interface Head {
  name: string;
  /** Whether it holds numbers. */
  end?: boolean;
  /** Whether only those who don't see the table need its name. */
  hidden?: boolean;
}

/** A table of a few rows; wider than the page, it scrolls by itself, by the keyboard too. */
export function Table({ label, heads, children }: { label: string; heads: readonly Head[]; children: ReactNode }) {
  return (
    <div className={styles["scroll"]} role="region" aria-label={`${label}, scrolls`} tabIndex={0}>
      <table className={styles["table"]} aria-label={label}>
        <thead>
          <tr>
            {heads.map(({ name, end, hidden }) => (
              <th key={name} scope="col" className={end ? styles["end"] : ""}>
                {hidden ? <span className="sr-only">{name}</span> : name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
