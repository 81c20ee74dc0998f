import { Link } from "@tanstack/react-router";

import { known, type Envelope, type EventData } from "../../api/types";
import { counted } from "../../shared/format/number";
import { moment } from "../../shared/format/time";
import { Empty } from "../../shared/ui/empty";
import styles from "./overview-page.module.css";

/** The latest changes of what is known, newest first. */
export function ChangeList({ changes }: { changes: readonly Envelope[] }) {
  if (changes.length === 0) {
    return (
      <Empty inset title="Nothing has changed yet" command="groma events tail --types 'groma.network.host_changed'">
        Each host that is new or different than before shows here, with the scan that saw it.
      </Empty>
    );
  }
  return (
    <ul className={styles["changes"]}>
      {changes.map((envelope) => {
        const event = known(envelope);
        if (event.type !== "groma.network.host_changed") return null;
        return (
          <li key={envelope.id}>
            <span className={styles["dim"]}>{moment(envelope.time)}</span>
            <span>{event.data.change}</span>
            <span className={`mono ${styles["grow"]}`}>{event.data.host}</span>
            <span className={styles["dim"]}>{detail(event.data)}</span>
            <Link to="/scans/$id" params={{ id: event.data.scanId }} search={{ host: event.data.host }}>
              scan
            </Link>
          </li>
        );
      })}
    </ul>
  );
}

function detail({ diff }: EventData["groma.network.host_changed"]): string {
  const [first] = diff;
  if (first === undefined) return "";
  return diff.length === 1 ? first.path.slice(1).replaceAll("/", " ") : counted(diff.length, "field");
}
