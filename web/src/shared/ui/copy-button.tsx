import { Button } from "@mantine/core";

import { notify } from "./notices-store";

/** Copies a text and says so. */
export function CopyButton({ text, label, size = "compact-xs" }: { text: string; label: string; size?: string }) {
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => notify({ kind: "done", text: "Copied." }),
      () => notify({ kind: "error", text: "The browser does not allow copying here. Select the text and copy it by hand." }),
    );
  };
  return (
    <Button size={size} variant="default" onClick={copy}>
      {label}
    </Button>
  );
}
