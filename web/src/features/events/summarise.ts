import { known, type Envelope } from "../../api/types";
import { counted, count, latency } from "../../shared/format/number";
import { duration } from "../../shared/format/time";

/** Returns what an event says, in a line. */
export function summarise(envelope: Envelope): string {
  const event = known(envelope);
  switch (event.type) {
    case "groma.network.scan_started":
      return `${event.data.targets.join(", ")}, ports ${event.data.ports}`;
    case "groma.network.host_discovered":
      return `${event.data.host}${event.data.hostname ? ` (${event.data.hostname})` : ""} answered in ${latency(event.data.responseTimeMs)}`;
    case "groma.network.port_discovered":
      return `${event.data.host} ${event.data.port}/${event.data.protocol} ${event.data.state}${event.data.service ? `, ${event.data.service.name}` : ""}`;
    case "groma.network.scan_progress":
      return `${count(event.data.portsScanned)} of ${counted(event.data.totalPorts, "probe")}, ${count(event.data.hostsScanned)} of ${counted(event.data.totalHosts, "address", "addresses")}`;
    case "groma.network.scan_completed":
      return `${event.data.status}${event.data.partial ? ", partial" : ""}: ${counted(event.data.results.hostsUp, "host")}, ${counted(event.data.results.portsOpen, "open port")} in ${duration(event.data.durationMs)}`;
    case "groma.network.error":
      return `${event.data.errorType}: ${event.data.message}`;
    case "groma.network.host_changed":
      return `${event.data.host} ${event.data.change}: ${event.data.diff.map((field) => field.path).join(", ")}`;
    case "groma.execution.started":
      return event.data.command;
    case "groma.execution.output_advanced":
      return `${counted(event.data.lastLine, "line")} written`;
    case "groma.execution.progress":
      return `${count(event.data.completed)} of ${count(event.data.total)}${event.data.currentStep ? `: ${event.data.currentStep}` : ""}`;
    case "groma.execution.stdout":
    case "groma.execution.stderr":
      return event.data.line;
    case "groma.execution.completed":
    case "groma.execution.failed":
    case "groma.execution.cancelled":
      return `${event.data.status} after ${duration(event.data.durationMs)}${event.data.error ? `: ${event.data.error}` : ""}`;
    case "groma.system.error":
      return `${event.data.severity}: ${event.data.message}`;
    case "groma.system.stream_gap":
      return `Events are missing here (${event.data.reason.replace("_", " ")}): the stream goes on behind the gap`;
    case "groma.system.stream_merged":
      return `${counted(event.data.count, "older event")} of ${event.data.type} left out, because this page read slowly; the newest follows`;
    default:
      // Types that the page does not know, of plugins among them, speak for themselves.
      return short(JSON.stringify(envelope.data));
  }
}

const SHORT_MAX = 160;

function short(text: string): string {
  return text.length > SHORT_MAX ? `${text.slice(0, SHORT_MAX - 1)}…` : text;
}
