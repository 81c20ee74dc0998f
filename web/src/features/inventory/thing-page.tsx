import { getRouteApi, Link } from "@tanstack/react-router";

import type { Resource } from "../../api/types";
import { RequestError } from "../../shared/backend/problem";
import { ago, moment } from "../../shared/format/time";
import { useLive } from "../../shared/live/use-live";
import { Kind } from "../../shared/thing/kind-word";
import { isStale } from "../../shared/thing/scope";
import { ThingState } from "../../shared/thing/thing-state";
import { CommandLine } from "../../shared/ui/command-line";
import { CopyButton } from "../../shared/ui/copy-button";
import { Empty } from "../../shared/ui/empty";
import { Facts } from "../../shared/ui/facts";
import { Freshness } from "../../shared/ui/freshness";
import { LinkButton } from "../../shared/ui/link-button";
import { Failure, Message } from "../../shared/ui/message";
import { Page } from "../../shared/ui/page";
import { Panel } from "../../shared/ui/panel";
import { useNow } from "../../shared/ui/use-now";
import { Identity } from "./identity";
import { PermissionsPanel, ConstraintsPanel } from "./permissions";
import { RelationsPanel } from "./relations";
import { SlicePanel } from "./slice-panel";
import { thingOptions, type ThingLive } from "./thing-live";
import styles from "./thing-page.module.css";
import { Timeline } from "./timeline";
import { Tree } from "./tree";

const route = getRouteApi("/inventory/$id");

/** One thing: what is known of it now, what it belongs to, and what changed. */
export function ThingPage() {
  const { id } = route.useParams();
  return <Detail key={id} id={id} />;
}

function Detail({ id }: { id: string }) {
  const { data, error, asOf, refresh } = useLive(`thing:${id}`, () => thingOptions(id));
  if (data === undefined) {
    if (error instanceof RequestError && error.code === "NOT_FOUND") return <Missing id={id} />;
    return <Page title="Thing">{error ? <Failure title="The thing could not be read" error={error} retry={refresh} /> : <p role="status">Reading…</p>}</Page>;
  }
  return (
    <Page title={data.thing.name || data.thing.id} actions={<Actions thing={data.thing} />}>
      {error ? <Failure title="The thing could not be read anew" error={error} retry={refresh} /> : null}
      <Parts data={data} fresh={<Freshness asOf={asOf} />} />
    </Page>
  );
}

function Actions({ thing }: { thing: Resource }) {
  const address = (thing.attributes as Record<string, unknown>)["address"];
  return (
    <>
      {thing.kind === "network.host" && typeof address === "string" ? (
        <LinkButton to="/scans/new" search={{ targets: address }}>
          Scan it again
        </LinkButton>
      ) : null}
      <CopyButton size="compact-sm" text={location.href} label="Copy link" />
    </>
  );
}

function Parts({ data: { thing, revision }, fresh }: { data: ThingLive; fresh: React.ReactNode }) {
  const attributes = thing.attributes as Record<string, unknown>;
  const readings = (thing.readings ?? {}) as Record<string, unknown>;
  return (
    <>
      <Head thing={thing} fresh={fresh} />
      <div className={styles["columns"]}>
        <div className={styles["column"]}>
          <Panel title="Attributes" aside={<CopyButton text={JSON.stringify(thing, null, 2)} label="Copy JSON" />}>
            {Object.keys(attributes).length === 0 ? <p className={styles["dim"]}>Nothing else is known of it.</p> : <Tree value={attributes} />}
          </Panel>
          {Object.keys(readings).length === 0 ? null : (
            <Panel title="Measured last" aside={<span className={styles["dim"]}>kept without history</span>}>
              <Tree value={readings} />
            </Panel>
          )}
          <Timeline thing={thing} revision={revision} fresh={fresh} />
        </div>
        <div className={styles["column"]}>
          <Identity thing={thing} />
          <RelationsPanel thing={thing} revision={revision} fresh={fresh} />
          {thing.permissions ? <PermissionsPanel permissions={thing.permissions} /> : null}
          {thing.constraints ? <ConstraintsPanel constraints={thing.constraints} /> : null}
          <SlicePanel thing={thing} />
        </div>
      </div>
      <CommandLine command={`groma resources show ${thing.id}`} />
    </>
  );
}

function Head({ thing, fresh }: { thing: Resource; fresh: React.ReactNode }) {
  const now = useNow(5000);
  const stale = !thing.deleted_at && isStale(thing.last_seen, now);
  return (
    <>
      {thing.deleted_at ? (
        <Message kind="warning" title={`Deleted: it is no longer there since ${moment(thing.deleted_at)}`}>
          <p>A complete scan did not find it any more. What stands here is what was last known of it.</p>
        </Message>
      ) : null}
      {stale ? (
        <Message kind="warning" title={`Stale: nobody has seen it for ${ago(thing.last_seen, now).replace(" ago", "")}`}>
          <p>It may be different by now, or gone: no complete scan of where it is has said so.</p>
        </Message>
      ) : null}
      <Panel title="How it stands" aside={fresh}>
        <Facts
          facts={[
            { name: "Kind", value: <Kind kind={thing.kind} /> },
            { name: "State", value: <ThingState state={thing.state} deleted={!!thing.deleted_at} /> },
            { name: "Last seen", value: <Time at={thing.last_seen} now={now} /> },
            { name: "Last changed", value: <Time at={thing.last_changed} now={now} /> },
            { name: "First seen", value: <Time at={thing.first_seen} now={now} /> },
            {
              name: "Seen by",
              value: thing.scan ? (
                <Link to="/scans/$id" params={{ id: thing.scan }}>
                  scan {thing.scan.slice(-8)}
                </Link>
              ) : (
                "–"
              ),
            },
          ]}
        />
      </Panel>
    </>
  );
}

function Time({ at, now }: { at: string; now: number }) {
  return (
    <>
      {ago(at, now)} <span className={styles["when"]}>{moment(at, now)}</span>
    </>
  );
}

function Missing({ id }: { id: string }) {
  return (
    <Page title="No such thing">
      <Panel title="Not found">
        <Empty
          title="The inventory has nothing of this id or alias"
          action={
            <LinkButton to="/inventory" search={{ q: id }}>
              Search for it
            </LinkButton>
          }
          command={`groma search ${id}`}
        >
          Things that are gone keep their page for as long as their history is kept; this id was never known here, or its history is no longer kept. A link from another installation leads to nothing here: ids are of one installation.
        </Empty>
      </Panel>
    </Page>
  );
}
