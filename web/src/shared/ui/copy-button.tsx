import { Button } from "@mantine/core";
import { useEffect, useState } from "react";

import { notify } from "./notices-store";

const SAID_MS = 2000;

/** Copies a text and says so in its own place, which a dialog above the page does not hide. */
export function CopyButton({ text, label, size = "compact-xs" }: { text: string; label: string; size?: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), SAID_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = (): void => {
    // Pages that came over plain HTTP from another machine have no clipboard.
    const write = navigator.clipboard?.writeText(text) ?? Promise.reject(new Error("no clipboard"));
    write.then(
      () => setCopied(true),
      () => notify({ kind: "error", text: "The browser does not allow copying here. Select the text and copy it by hand." }),
    );
  };
  return (
    <>
      <Button size={size} variant="default" onClick={copy}>
        {copied ? "Copied" : label}
      </Button>
      <span role="status" className="sr-only">
        {copied ? "Copied." : ""}
      </span>
    </>
  );
}
