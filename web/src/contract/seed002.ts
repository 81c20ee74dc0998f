// What document 002 promises to listeners, given from what the generated types say. Times are Unix milliseconds.
import type { EventData } from "../api/types";

type VmState = "running" | "stopped" | "paused" | "suspended";
type Action = "created" | "deleted" | "started" | "stopped";

interface VmStateChangedPayload {
  vmId: string;
  vmName: string;
  oldState: VmState;
  newState: VmState;
  timestamp: number;
}

interface VmCreatedPayload {
  vmId: string;
  vmName: string;
  timestamp: number;
}

interface VmDeletedPayload {
  vmId: string;
  vmName: string;
  timestamp: number;
}

interface VmStatsPayload {
  vmId: string;
  cpuUsagePercent: number;
  memoryUsedMb: number;
  memoryTotalMb: number;
  diskReadBytesSec: number;
  diskWriteBytesSec: number;
  networkRxBytesSec: number;
  networkTxBytesSec: number;
  timestamp: number;
}

interface ConnectionStatusPayload {
  connected: boolean;
  uri: string;
  error: string | null;
  timestamp: number;
}

interface ErrorPayload {
  message: string;
  severity: "info" | "warning" | "error" | "critical";
  context: string | null;
  timestamp: number;
}

interface StoragePoolChangedPayload {
  poolId: string;
  poolName: string;
  action: Action;
  timestamp: number;
}

interface NetworkChangedPayload {
  networkId: string;
  networkName: string;
  action: Action;
  timestamp: number;
}

interface GuestAgentConnectionPayload {
  vmId: string;
  connected: boolean;
  agentVersion: string | null;
  timestamp: number;
}

interface GuestInfoUpdatedPayload {
  vmId: string;
  ipAddresses: string[];
  hostname: string;
  osVersion: string;
  timestamp: number;
}

interface Payloads {
  "groma.vm.state_changed": VmStateChangedPayload;
  "groma.vm.created": VmCreatedPayload;
  "groma.vm.deleted": VmDeletedPayload;
  "groma.vm.stats_updated": VmStatsPayload;
  "groma.vm.connection_status_changed": ConnectionStatusPayload;
  "groma.system.error": ErrorPayload;
  "groma.vm.storage_pool_changed": StoragePoolChangedPayload;
  "groma.vm.network_changed": NetworkChangedPayload;
  "groma.vm.guest_agent_connected": GuestAgentConnectionPayload;
  "groma.vm.guest_info_updated": GuestInfoUpdatedPayload;
}

export const given: { [T in keyof Payloads]: (data: EventData[T]) => Payloads[T] } = {
  "groma.vm.state_changed": (data) => data,
  "groma.vm.created": (data) => data,
  "groma.vm.deleted": (data) => data,
  "groma.vm.stats_updated": (data) => data,
  "groma.vm.connection_status_changed": (data) => data,
  "groma.system.error": (data) => data,
  "groma.vm.storage_pool_changed": (data) => data,
  "groma.vm.network_changed": (data) => data,
  "groma.vm.guest_agent_connected": (data) => data,
  "groma.vm.guest_info_updated": (data) => data,
};

// The check itself is checked: these must not compile.
export const refusedNull = (data: EventData["groma.vm.connection_status_changed"]): { error: string } =>
  // @ts-expect-error there is none while connected
  data;

export const refusedTime = (data: EventData["groma.vm.created"]): { timestamp: string } =>
  // @ts-expect-error times are numbers here
  data;
