import { Button, Radio } from "@mantine/core";
import { useState } from "react";

import { address } from "../../shared/backend/http";
import { CommandLine } from "../../shared/ui/command-line";
import { Dialog } from "../../shared/ui/dialog";
import { exportCommand } from "./command";
import styles from "./inventory.module.css";
import { filterOf, isNarrowed, type InventorySearch } from "./search";

const FORMATS = [
  { value: "csv", label: "CSV", description: "For spreadsheets: the fields that every thing has, tags and attributes as JSON" },
  { value: "json", label: "JSON", description: "One array of whole things" },
  { value: "ndjson", label: "NDJSON", description: "One whole thing a line, for programs that read as it comes" },
] as const;

type Format = (typeof FORMATS)[number]["value"];

/** Offers the view, or everything, as a file. */
export function ExportDialog({ search, onClose }: { search: InventorySearch; onClose(): void }) {
  const narrowed = isNarrowed(search) || !!search.q;
  const [what, setWhat] = useState<"view" | "all">(narrowed ? "view" : "all");
  const [format, setFormat] = useState<Format>("csv");
  const part: InventorySearch = what === "view" ? search : {};
  // What is told relative to now means the moment at which the dialog opened.
  const [now] = useState(Date.now);
  const href = exportHref(part, format, now);
  return (
    <Dialog title="Export" onClose={onClose}>
      <div className={styles["stack"]}>
        {narrowed ? (
          <Radio.Group label="What" value={what} onChange={(value) => setWhat(value as "view" | "all")}>
            <div className={styles["radios"]}>
              <Radio value="view" label="What this view shows" description={search.q ? `Its filters, and names or identifiers that contain “${search.q}”: a file has no ranking by meaning` : "Its filters applied"} />
              <Radio value="all" label="Everything that is there" />
            </div>
          </Radio.Group>
        ) : null}
        <Radio.Group label="As" value={format} onChange={(value) => setFormat(value as Format)}>
          <div className={styles["radios"]}>
            {FORMATS.map(({ value, label, description }) => (
              <Radio key={value} value={value} label={label} description={description} />
            ))}
          </div>
        </Radio.Group>
        {part.q ? null : <CommandLine command={exportCommand(part, format)} />}
        <div className={styles["buttons"]}>
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
          <Button component="a" href={href} download={`groma-inventory.${format}`}>
            Download
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

/** Returns the address of the file. */
export function exportHref(search: InventorySearch, format: Format, now: number): string {
  return address("/v1/resources/export", { query: { ...filterOf(search, now), q: search.q, format } });
}
