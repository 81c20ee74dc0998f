// What document 003 promises: its request is one of ours as it stands, and our result has every field of its own.
import type { EventData, Execution, ExecutionRequest } from "../api/types";

/** The document's example; its metadata, which may be anything, the generated type cannot say. */
export const request: Omit<ExecutionRequest, "metadata"> = {
  id: "0199aaaa-0000-7000-8000-000000000003",
  command: { type: "aws_cli", service: "ec2", operation: "describe-instances" },
  env: { AWS_PROFILE: "prod" },
  working_dir: null,
  timeout_ms: 120_000,
};

interface ExecutionResult {
  id: string;
  status: string;
  exit_code?: number | null;
  stdout: string;
  stderr: string;
  duration: string;
  started_at?: string | null;
  completed_at?: string | null;
  log_path?: string | null;
}

export const result = (execution: Execution): ExecutionResult => execution.result;

interface OutputPayload {
  executionId: string;
  stream: "stdout" | "stderr";
  line: string;
  lineNumber: number;
  partial?: boolean;
  timestamp: string;
}

interface Payloads {
  "groma.execution.started": { executionId: string; command: string; startedAt: string };
  "groma.execution.stdout": OutputPayload;
  "groma.execution.stderr": OutputPayload;
  "groma.execution.output_advanced": { executionId: string; firstLine: number; lastLine: number; bytes: number };
}

export const given: { [T in keyof Payloads]: (data: EventData[T]) => Payloads[T] } = {
  "groma.execution.started": (data) => data,
  "groma.execution.stdout": (data) => data,
  "groma.execution.stderr": (data) => data,
  "groma.execution.output_advanced": (data) => data,
};

// The check itself is checked: these must not compile.
export const refusedCommand: ExecutionRequest["command"] = {
  type: "exec",
  // @ts-expect-error a program is not a line for the shell
  command: "ls -l",
};

export const refusedBoth = (data: EventData["groma.execution.completed"]): { executionId: string } =>
  // @ts-expect-error it may be a plan that ended
  data;
