// Names for what the generated document holds; nothing is described twice.
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Scan = Schemas["Scan"];
export type ScanStatus = Schemas["ScanStatus"];
export type ScanRequest = Schemas["ScanRequest"];
export type ScanHost = Schemas["ScanHost"];
export type ScanHostPage = Schemas["ScanHostPage"];
export type ScanPort = Schemas["ScanPort"];
export type ScanDiff = Schemas["ScanDiff"];
export type ScanList = Schemas["ScanList"];
export type Progress = Schemas["Progress"];
export type Summary = Schemas["Summary"];
export type Session = Schemas["Session"];
export type Validation = Schemas["Validation"];
export type Problem = Schemas["Problem"];
export type ErrorCode = Schemas["ErrorCode"];
export type Envelope = Schemas["Envelope"];
export type EventPage = Schemas["EventPage"];
export type StreamRequest = Schemas["StreamRequest"];
export type StreamMessage = Schemas["StreamMessage"];

/** The data of each event type that the page reads. */
export interface EventData {
  "groma.network.scan_started": Schemas["NetworkScanStarted"];
  "groma.network.host_discovered": Schemas["NetworkHostDiscovered"];
  "groma.network.port_discovered": Schemas["NetworkPortDiscovered"];
  "groma.network.scan_progress": Schemas["NetworkScanProgress"];
  "groma.network.scan_completed": Schemas["NetworkScanCompleted"];
  "groma.network.error": Schemas["NetworkError"];
  "groma.network.host_changed": Schemas["NetworkHostChanged"];
  "groma.system.error": Schemas["SystemError"];
  "groma.system.stream_gap": Schemas["StreamGap"];
  "groma.system.stream_merged": Schemas["StreamMerged"];
}

/** An event whose type is known, so that its data is. */
export type KnownEvent = {
  [T in keyof EventData]: Omit<Envelope, "type" | "data"> & { type: T; data: EventData[T] };
}[keyof EventData];

/** Returns the event with its data typed; one of an unknown type falls through every `switch`. */
export function known(event: Envelope): KnownEvent {
  return event as unknown as KnownEvent;
}
