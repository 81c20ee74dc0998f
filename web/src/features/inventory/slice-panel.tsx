import { Link } from "@tanstack/react-router";

import type { CoverageSlice, Resource, SliceState } from "../../api/types";
import { backend } from "../../shared/backend/instance";
import { count, counted } from "../../shared/format/number";
import { moment } from "../../shared/format/time";
import { usePolled } from "../../shared/live/use-polled";
import { kindWords } from "../../shared/thing/kind";
import { scopeText } from "../../shared/thing/scope";
import { CommandLine } from "../../shared/ui/command-line";
import { Facts } from "../../shared/ui/facts";
import { Failure } from "../../shared/ui/message";
import { Panel } from "../../shared/ui/panel";
import styles from "./thing-page.module.css";

const SLICES_MAX = 10_000;
const SIGNS: Record<SliceState, { sign: string; word: string }> = {
  complete: { sign: "✓", word: "read completely" },
  denied: { sign: "✕", word: "denied: the caller may not read it" },
  throttled: { sign: "△", word: "throttled: the service would not answer so many calls" },
  unsupported: { sign: "–", word: "unsupported: the service does not exist there" },
  cancelled: { sign: "□", word: "cancelled before its end" },
  failed: { sign: "✕", word: "failed" },
};

/** The part of the world in which a thing was read, and how its last reading ended: what makes its presence, or absence, believable. */
export function SlicePanel({ thing }: { thing: Resource }) {
  const { kind, slice, last_seen } = thing;
  const { data, error, refresh } = usePolled(["coverage", kind, slice, last_seen], (signal) =>
    slice ? backend.request("get", "/v1/coverage", { signal, query: { type: kind, limit: SLICES_MAX } }) : Promise.resolve(null),
  );
  const found = data?.slices.find(({ id }) => id === slice);
  return (
    <Panel title="What vouches for it">
      <div className={styles["stack"]}>
        {error ? <Failure title="The coverage could not be read" error={error} retry={refresh} /> : null}
        {slice ? null : <p className={styles["dim"]}>It was not read as part of a whole, so nothing but its own sighting tells that it is there, and no scan can prove that it is gone.</p>}
        {slice && data && found === undefined ? <p className={styles["dim"]}>The slice {slice} is not in the ledger any more.</p> : null}
        {found ? <Slice slice={found} /> : null}
        <CommandLine command={`groma coverage --type ${kind}`} />
      </div>
    </Panel>
  );
}

function Slice({ slice }: { slice: CoverageSlice }) {
  const { sign, word } = SIGNS[slice.state];
  const proof = Object.entries(slice.proof).map(([name, value]) => `${name.replaceAll("_", " ")}: ${count(value)}`);
  return (
    <>
      <p>
        <span aria-hidden="true" className={slice.state === "complete" ? styles["good"] : styles["warn"]}>
          {sign}{" "}
        </span>
        {kindWords(slice.kind).many} of {scopeText(slice.scope) || "this installation"}: {word}.
      </p>
      {slice.reason ? <p className={styles["warn"]}>{slice.reason}</p> : null}
      <Facts
        facts={[
          { name: "Read", value: moment(slice.at) },
          { name: "Last complete", value: slice.completed_at ? moment(slice.completed_at) : "never" },
          { name: "Vouches for", value: counted(slice.things, "thing") },
          { name: "Counted", value: proof.length === 0 ? "–" : proof.join(", ") },
          {
            name: "By",
            value: (
              <Link to="/scans/$id" params={{ id: slice.scan }}>
                scan {slice.scan.slice(-8)}
              </Link>
            ),
          },
        ]}
      />
    </>
  );
}
