import type { EventPage } from "../../api/types";
import type { Channel } from "./channel";

/** Reads a page of the journal. */
export type HistoryReader = (query: {
  types?: string;
  subject?: string;
  after?: string;
  limit: number;
}) => Promise<EventPage>;

const PAGE = 1000;

/** Asks for what a channel has not seen. */
export async function pollChannel(channel: Channel, history: HistoryReader): Promise<"events" | "nothing" | "failed"> {
  const after = channel.received ?? channel.filter.after;
  const filter = {
    ...(channel.filter.types?.length ? { types: channel.filter.types.join(",") } : {}),
    ...(channel.filter.subject === undefined ? {} : { subject: channel.filter.subject }),
  };
  try {
    if (after === undefined) {
      const page = await history({ ...filter, limit: 1 });
      channel.opened(page.head);
      return "nothing";
    }
    const page = await history({ ...filter, after, limit: PAGE });
    return channel.takePage(page) ? "events" : "nothing";
  } catch {
    return "failed";
  }
}
