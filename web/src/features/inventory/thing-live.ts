import { known, type Envelope, type Resource } from "../../api/types";
import { backend } from "../../shared/backend/instance";
import { headNow } from "../../shared/execution/head";
import type { LiveOptions } from "../../shared/live/live-view";
import { CHANGE_TYPES } from "./resource-view";

export interface ThingLive {
  thing: Resource;
  sequence: string;
  /** Moves with every reading, so that what belongs to the thing is read anew with it. */
  revision: number;
}

/** One thing; it is read anew when an event tells that it, or a scan, is different. */
export function thingOptions(id: string): LiveOptions<ThingLive> {
  let revision = 0;
  let told: Pick<Resource, "id" | "name"> = { id, name: "" };
  return {
    filter: { types: CHANGE_TYPES },
    load: async (signal) => {
      const sequence = await headNow(signal);
      const thing = await backend.request("get", "/v1/resources/{id}", { signal, path: { id } });
      revision += 1;
      // Asked for by its alias, events still tell it by its id.
      told = thing;
      return { thing, sequence, revision };
    },
    sequence: ({ sequence }) => sequence,
    apply: (state) => state,
    reload: (event) => concerns(event, told),
  };
}

/** Returns whether an event may tell something of a thing: ends of scans say when it was last seen, and a service is told with its host. */
export function concerns(envelope: Envelope, { id, name }: Pick<Resource, "id" | "name">): boolean {
  const event = known(envelope);
  switch (event.type) {
    case "groma.network.host_changed":
      return event.data.thingId === id || hostOf(name) === event.data.host;
    case "groma.estate.resource_changed":
      return event.data.thingId === id;
    default:
      return true;
  }
}

/** Returns the address in a service's name: `10.1.0.7` of `10.1.0.7:22/tcp`, `fd00::1` of `[fd00::1]:22/tcp`. */
function hostOf(name: string): string | undefined {
  const [, six, four] = /^(?:\[(.+)\]|([^:]+)):\d+\//.exec(name) ?? [];
  return six ?? four;
}
