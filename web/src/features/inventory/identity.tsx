import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import type { Resource } from "../../api/types";
import { CopyButton } from "../../shared/ui/copy-button";
import { Panel } from "../../shared/ui/panel";
import { tagText, type InventorySearch } from "./search";
import styles from "./thing-page.module.css";

/** What a thing is found by, where it is, and its tags. */
export function Identity({ thing }: { thing: Resource }) {
  const { scope, tags } = thing;
  const ids = [{ name: "Id", value: thing.id }, ...(thing.alias ? [{ name: "Alias", value: thing.alias }] : []), ...(thing.identifiers ?? []).map((value) => ({ name: "Identifier", value }))];
  const places: [string, string | null | undefined, InventorySearch | null][] = [
    ["Account", scope.account, { account: scope.account ?? undefined }],
    ["Region", scope.region, { region: scope.region ?? undefined }],
    ["Subnet", scope.subnet, { subnet: scope.subnet ?? undefined }],
    ["Connection", scope.connection, { connection: scope.connection ?? undefined }],
    ["Segment", scope.segment, null],
  ];
  const known = places.filter(([, value]) => value);
  return (
    <>
      <Panel title="Found by" flush>
        <ul className={styles["ids"]}>
          {ids.map(({ name, value }) => (
            <li key={`${name} ${value}`}>
              <span className={styles["label"]}>{name}</span>
              <span className={`mono ${styles["grow"]}`}>{value}</span>
              <CopyButton text={value} label="Copy" what={`${name} ${value}`} />
            </li>
          ))}
        </ul>
      </Panel>
      <Panel title="Scope and tags">
        <div className={styles["stack"]}>
          <dl className={styles["pairs"]}>
            {known.map(([name, value, search]) => (
              <Pair key={name} name={name}>
                {search === null ? (
                  <span className="mono">{value}</span>
                ) : (
                  <Link to="/inventory" search={search} className="mono">
                    {value}
                  </Link>
                )}
              </Pair>
            ))}
            {Object.entries(tags).map(([key, value]) => (
              <Pair key={`tag ${key}`} name={key} tag>
                <Link to="/inventory" search={{ tag: tagText(key, value) }}>
                  {value || "(empty)"}
                </Link>
              </Pair>
            ))}
          </dl>
          {known.length === 0 ? <p className={styles["dim"]}>Where it is is not known.</p> : null}
          {Object.keys(tags).length === 0 ? <p className={styles["dim"]}>It has no tags.</p> : null}
        </div>
      </Panel>
    </>
  );
}

function Pair({ name, tag = false, children }: { name: string; tag?: boolean; children: ReactNode }) {
  return (
    <div>
      <dt>
        {tag ? <span className="sr-only">Tag </span> : null}
        {name}
      </dt>
      <dd>{children}</dd>
    </div>
  );
}
