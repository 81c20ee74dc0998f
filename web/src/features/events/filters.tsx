import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";

import { isTime } from "./tail";
import styles from "./events-page.module.css";
import type { EventsSearch } from "./search";

interface FiltersProps {
  search: EventsSearch;
  onChange(part: EventsSearch): void;
}

const PATTERNS = [
  "groma.network.*",
  "groma.network.scan_*",
  "groma.network.host_*",
  "groma.network.port_discovered",
  "groma.network.host_changed",
  "groma.network.error",
  "groma.estate.*",
  "groma.vm.*",
  "groma.execution.*",
  "groma.custom.*",
  "groma.system.*",
];
const MINUTE_MS = 60_000;

/** The same filters as the API's, and the point from which to read. */
export function Filters({ search, onChange }: FiltersProps) {
  const [types, setTypes] = useState(search.types ?? "");
  const [subject, setSubject] = useState(search.subject ?? "");
  const from = search.from ?? "";
  const choose = (value: string): void => {
    const minutes = Number(value);
    const chosen = value === "" || Number.isNaN(minutes) ? value : new Date(Date.now() - minutes * MINUTE_MS).toISOString();
    onChange({ from: chosen || undefined, event: undefined });
  };
  return (
    <form
      className={styles["filters"]}
      onSubmit={(event) => {
        event.preventDefault();
        onChange({ types: types.replaceAll(" ", "") || undefined, subject: subject.trim() || undefined, event: undefined });
      }}
    >
      <TextInput
        label="Types"
        placeholder="every type"
        list="event-types"
        spellCheck={false}
        value={types}
        onChange={(event) => setTypes(event.currentTarget.value)}
      />
      <datalist id="event-types">
        {PATTERNS.map((pattern) => (
          <option key={pattern} value={pattern}>
              {pattern}
            </option>
        ))}
      </datalist>
      <TextInput
        label="Subject"
        placeholder="everything, or scan/ID"
        spellCheck={false}
        value={subject}
        onChange={(event) => setSubject(event.currentTarget.value)}
      />
      <NativeSelect
        label="Start"
        value={from}
        onChange={(event) => choose(event.currentTarget.value)}
        data={[
          { value: "", label: "The newest 200, then live" },
          { value: "oldest", label: "The oldest event" },
          { value: "5", label: "5 minutes ago" },
          { value: "60", label: "1 hour ago" },
          { value: "1440", label: "1 day ago" },
          ...(from === "" || from === "oldest" ? [] : [{ value: from, label: isTime(from) ? `Since ${new Date(from).toLocaleString("en-GB")}` : "Behind a chosen event" }]),
        ]}
      />
      <Button type="submit" variant="default" size="sm">
        Apply
      </Button>
    </form>
  );
}
