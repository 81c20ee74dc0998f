import { Button, CloseButton } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import type { Envelope } from "../../api/types";
import { CopyButton } from "../../shared/ui/copy-button";
import styles from "./events-page.module.css";
import type { EventsSearch } from "./search";

interface EventPanelProps {
  event: Envelope;
  onChange(part: EventsSearch): void;
}

/** One event whole, as it travels. */
export function EventPanel({ event, onChange }: EventPanelProps) {
  const json = JSON.stringify(event, null, 2);
  const { subject, sequence } = event;
  return (
    <aside className={styles["event"]} aria-label="Event">
      <div className={styles["eventHead"]}>
        <h3>{event.type}</h3>
        <CloseButton aria-label="Close event" onClick={() => onChange({ event: undefined })} />
      </div>
      <div className={styles["tools"]}>
        <CopyButton text={json} label="Copy JSON" />
        <Button size="compact-xs" variant="default" onClick={() => onChange({ types: event.type, event: undefined })}>
          Only this type
        </Button>
        {subject ? (
          <Button size="compact-xs" variant="default" onClick={() => onChange({ subject, event: undefined })}>
            Only this subject
          </Button>
        ) : null}
        {sequence ? (
          <Button size="compact-xs" variant="default" onClick={() => onChange({ from: sequence, event: undefined })}>
            Replay from here
          </Button>
        ) : null}
        {subject?.startsWith("scan/") ? (
          <Link to="/scans/$id" params={{ id: subject.slice("scan/".length) }}>
            Open scan
          </Link>
        ) : null}
      </div>
      <pre className={styles["json"]} tabIndex={0} aria-label="JSON">
        {json}
      </pre>
    </aside>
  );
}
