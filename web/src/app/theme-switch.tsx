import { useMantineColorScheme, type MantineColorScheme } from "@mantine/core";

import styles from "./theme-switch.module.css";

const CHOICES: readonly { value: MantineColorScheme; label: string }[] = [
  { value: "auto", label: "System" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
];

/** Chooses between the themes; the browser remembers. */
export function ThemeSwitch() {
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  return (
    <div role="radiogroup" aria-label="Theme" className={styles["switch"]}>
      {CHOICES.map(({ value, label }) => (
        <label key={value}>
          <input type="radio" name="theme" checked={colorScheme === value} onChange={() => setColorScheme(value)} />
          {label}
        </label>
      ))}
    </div>
  );
}
