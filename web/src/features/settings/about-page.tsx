import { backend } from "../../shared/backend/instance";
import { moment } from "../../shared/format/time";
import { usePolled } from "../../shared/live/use-polled";
import { useSession } from "../../shared/session/store";
import { Facts } from "../../shared/ui/facts";
import { Freshness } from "../../shared/ui/freshness";
import { Failure } from "../../shared/ui/message";
import { Page } from "../../shared/ui/page";
import { Panel } from "../../shared/ui/panel";
import { COMPONENTS } from "./components";
import styles from "./settings.module.css";
import { Table } from "./table";

const LINKS = [
  { href: "/docs", name: "API page", says: "every operation, with its command" },
  { href: "/openapi.json", name: "OpenAPI document", says: "for generators of clients" },
  { href: "/asyncapi.json", name: "AsyncAPI document", says: "every event and its schema" },
] as const;

/** Which Groma this is, where its documents are, and whose work is in it. */
export function AboutPage() {
  const session = useSession((state) => state.session);
  const { data, error, asOf, refresh } = usePolled(["version"], (signal) => backend.request("get", "/v1/version", { signal }));
  return (
    <Page title="About">
      {error ? <Failure title="The server's version could not be read" error={error} retry={refresh} /> : null}
      {data === undefined ? null : (
        <Panel title="This server" aside={<Freshness asOf={asOf} live="polled" />}>
          <Facts
            facts={[
              { name: "Version", value: data.version },
              { name: "Protocol", value: data.protocol },
              { name: "Node", value: <span className="mono">{data.node}</span> },
              { name: "Listens at", value: data.listen ?? "the local socket alone" },
            ]}
          />
        </Panel>
      )}
      {session ? (
        <Panel title="You">
          <Facts
            facts={[
              { name: "Signed in as", value: session.principal.name },
              { name: "May", value: session.principal.scopes.join(", ") },
              { name: "Until", value: moment(session.expires_at) },
            ]}
          />
        </Panel>
      ) : null}
      <Panel title="Documents">
        <ul className={styles["list"]}>
          {LINKS.map(({ href, name, says }) => (
            <li key={href}>
              <a href={href}>{name}</a>, <span className={styles["dim"]}>{says}</span>
            </li>
          ))}
        </ul>
      </Panel>
      <Panel title="Licences">
        <p>
          Groma is licensed under MIT or Apache-2.0, as you choose. This page contains the work of others, with thanks:
        </p>
        <Table label="Components" heads={[{ name: "Component" }, { name: "Licence" }]}>
          {COMPONENTS.map(({ name, licence }) => (
            <tr key={name}>
              <td>{name}</td>
              <td>{licence}</td>
            </tr>
          ))}
        </Table>
      </Panel>
    </Page>
  );
}
