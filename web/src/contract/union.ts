// The union of all events tells by `type` what `data` is.
import type { GromaEvent } from "../api/types";

export function scanOf(event: GromaEvent): string | undefined {
  switch (event.type) {
    case "groma.network.scan_completed":
      return event.data.results.href;
    case "groma.estate.scan_complete":
      return event.data.errors[0]?.accountId;
    case "groma.execution.completed":
      return "planId" in event.data ? event.data.planId : event.data.executionId;
    case "groma.system.stream_gap":
      // @ts-expect-error control frames have no position
      return event.sequence;
    default:
      return event.subject;
  }
}
