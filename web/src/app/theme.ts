import { createTheme } from "@mantine/core";

/** The accent's name in Mantine; its values are in tokens.css. Removing the scroll lock keeps style tags out of the page. */
export const theme = createTheme({
  primaryColor: "teal",
  defaultRadius: "var(--radius)",
  cursorType: "pointer",
  components: {
    Modal: { defaultProps: { lockScroll: false, centered: true, transitionProps: { duration: 0 }, overlayProps: { backgroundOpacity: 0.5 } } },
    Button: { defaultProps: { size: "compact-md" } },
    TextInput: { defaultProps: { size: "sm" } },
    NumberInput: { defaultProps: { size: "sm" } },
    Textarea: { defaultProps: { size: "sm" } },
    NativeSelect: { defaultProps: { size: "sm" } },
  },
});
