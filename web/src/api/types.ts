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
export type Execution = Schemas["Execution"];
export type ExecutionSummary = Schemas["ExecutionSummary"];
export type ExecutionStatus = Schemas["ExecutionStatus"];
export type ExecutionOrigin = Schemas["ExecutionOrigin"];
export type ExecutionMechanism = Schemas["ExecutionMechanism"];
export type ExecutionRequest = Schemas["ExecutionRequest"];
export type ExecutionCommand = Schemas["ExecutionCommand"];
export type ExecutionTeardown = Schemas["ExecutionTeardown"];
export type LogLine = Schemas["ExecutionOutputLine"];
export type LogStream = Schemas["ExecutionOutputStream"];
export type LogGap = Schemas["LogGap"];
export type LogPage = Schemas["LogPage"];
export type PlanRun = Schemas["PlanRun"];
export type PlanSummary = Schemas["PlanSummary"];
export type StepResult = Schemas["ExecutionStepResult"];
export type Resource = Schemas["Resource"];
export type ResourceList = Schemas["ResourceList"];
export type ResourceChange = Schemas["ResourceChange"];
export type ResourceHistory = Schemas["ResourceHistory"];
export type FieldChange = Schemas["FieldChange"];
export type Facets = Schemas["Facets"];
export type FacetValue = Schemas["FacetValue"];
export type Relation = Schemas["Relation"];
export type ThingScope = Schemas["ThingScope"];
export type Permissions = Schemas["Permissions"];
export type Constraints = Schemas["Constraints"];
export type CoverageSlice = Schemas["CoverageSlice"];
export type SliceState = Schemas["SliceState"];
export type SearchAnswer = Schemas["SearchAnswer"];
export type SearchHit = Schemas["SearchHit"];
export type SearchReason = Schemas["SearchReason"];
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

/** Any event of a type of Groma's own; `type` tells which, and with it what `data` is. Plugins' fit `Envelope`. */
export type GromaEvent = Schemas["GromaEvent"];

/** The types of Groma's own events. */
export type EventType = GromaEvent["type"];

/** The data of each event type. */
export type EventData = { [T in EventType]: Extract<GromaEvent, { type: T }>["data"] };

/** Returns the event with its data typed; one of an unknown type falls through every `switch`. */
export function known(event: Envelope): GromaEvent {
  return event as unknown as GromaEvent;
}
