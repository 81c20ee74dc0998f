import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import type { Relation, Resource } from "../../api/types";
import { backend } from "../../shared/backend/instance";
import { count, counted } from "../../shared/format/number";
import { usePolled } from "../../shared/live/use-polled";
import { Kind } from "../../shared/thing/kind-word";
import { ThingState } from "../../shared/thing/thing-state";
import { Failure } from "../../shared/ui/message";
import { Panel } from "../../shared/ui/panel";
import { relationGroups } from "./relation-groups";
import styles from "./thing-page.module.css";

interface RelationsProps {
  thing: Resource;
  revision: number;
  fresh: ReactNode;
}

/** What a thing belongs together with, by kind and direction. */
export function RelationsPanel({ thing, revision, fresh }: RelationsProps) {
  const { data, error, refresh } = usePolled(["relations", thing.id, revision], (signal) => backend.request("get", "/v1/resources/{id}/relations", { signal, path: { id: thing.id } }));
  const groups = relationGroups(data?.relations ?? []);
  return (
    <Panel title={data === undefined ? "Relations" : counted(data.total, "relation")} aside={fresh} flush>
      {error ? <Failure title="The relations could not be read" error={error} retry={refresh} /> : null}
      {data !== undefined && groups.length === 0 ? <p className={`${styles["inset"]} ${styles["dim"]}`}>It is known to belong to nothing else.</p> : null}
      {groups.map(({ key, title, relations }) => (
        <section key={key} className={styles["group"]} aria-label={title}>
          <h3>
            <span aria-hidden="true">{key.startsWith("out") ? "→ " : "← "}</span>
            {title} <span className={styles["dim"]}>{count(relations.length)}</span>
          </h3>
          <ul className={styles["related"]} tabIndex={relations.length > 8 ? 0 : undefined} aria-label={title}>
            {relations.map((relation) => (
              <li key={relation.id}>
                <Related relation={relation} />
              </li>
            ))}
          </ul>
        </section>
      ))}
      {data !== undefined && data.total > data.relations.length ? <p className={`${styles["inset"]} ${styles["dim"]}`}>Only the first {count(data.relations.length)} are listed.</p> : null}
    </Panel>
  );
}

function Related({ relation: { id, resource } }: { relation: Relation }) {
  if (!resource) {
    return (
      <>
        <span className="mono">{id}</span> <span className={styles["dim"]}>not in the inventory</span>
      </>
    );
  }
  return (
    <>
      <Kind kind={resource.kind} />
      <Link to="/inventory/$id" params={{ id }} className={styles["grow"]}>
        {resource.name || id}
      </Link>
      <ThingState state={resource.state} />
    </>
  );
}
