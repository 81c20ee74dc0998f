import { Button } from "@mantine/core";
import { useEffect, useState } from "react";

import { notify } from "./notices-store";

const SAID_MS = 2000;

/** Copies a text and says so in its own place, which a dialog above the page does not hide; `what` tells several of the same label apart. */
export function CopyButton({ text, label, what, size = "compact-xs" }: { text: string; label: string; what?: string; size?: string }) {
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
      <Button size={size} variant="default" aria-label={what === undefined ? undefined : `${copied ? "Copied" : label} ${what}`} onClick={copy}>
        {copied ? "Copied" : label}
      </Button>
      <span role="status" className="sr-only">
        {copied ? "Copied." : ""}
      </span>
    </>
  );
}
