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
  let thingId = id;
  return {
    filter: { types: CHANGE_TYPES },
    load: async (signal) => {
      const sequence = await headNow(signal);
      const thing = await backend.request("get", "/v1/resources/{id}", { signal, path: { id } });
      revision += 1;
      // Asked for by its alias, events still tell it by its id.
      thingId = thing.id;
      return { thing, sequence, revision };
    },
    sequence: ({ sequence }) => sequence,
    apply: (state) => state,
    reload: (event) => concerns(event, thingId),
  };
}

/** Returns whether an event may tell something of a thing: ends of scans say when it was last seen. */
export function concerns(envelope: Envelope, id: string): boolean {
  const event = known(envelope);
  switch (event.type) {
    case "groma.network.host_changed":
    case "groma.estate.resource_changed":
      // Parts of a host are told with their host.
      return event.data.thingId === id || event.type === "groma.network.host_changed";
    default:
      return true;
  }
}
