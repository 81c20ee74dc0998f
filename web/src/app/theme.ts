import { Button, createTheme, Input } from "@mantine/core";

import styles from "./controls.module.css";

/** The accent's name in Mantine; its values are in tokens.css. */
export const theme = createTheme({
  primaryColor: "teal",
  defaultRadius: "var(--radius)",
  cursorType: "pointer",
  components: {
    Button: Button.extend({ classNames: { root: styles["button"] ?? "" }, defaultProps: { size: "compact-sm" } }),
    Input: Input.extend({ classNames: { input: styles["input"] ?? "" } }),
    InputWrapper: Input.Wrapper.extend({ classNames: { label: styles["label"] ?? "" } }),
  },
});
