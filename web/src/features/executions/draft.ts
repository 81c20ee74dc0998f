import type { ExecutionCommand, ExecutionRequest } from "../../api/types";
import { readSpan } from "../../shared/format/quantity";
import type { Form, NewSearch } from "./search";

/** What is being asked for, as the fields hold it. */
export interface Draft {
  form: Form;
  /** The line, the program, or the script. */
  run: string;
  /** One per line. */
  args: string;
  interpreter: "" | "bash" | "sh" | "python";
  /** Of the AWS CLI. */
  service: string;
  operation: string;
  profile: string;
  region: string;
  dir: string;
  timeout: string;
}

export function draftOf({ form = "shell", run = "", dir = "" }: NewSearch): Draft {
  return { form, run, args: "", interpreter: "", service: "", operation: "", profile: "", region: "", dir, timeout: "" };
}

/** Returns what keeps a draft from being asked; null if nothing does. */
export function lacks(draft: Draft): string | null {
  if (draft.timeout.trim() !== "" && readSpan(draft.timeout) === null) return "The time limit is no time such as 30 s or 5 min.";
  if (draft.form === "aws_cli") return draft.service.trim() === "" || draft.operation.trim() === "" ? "Name a service and an operation." : null;
  return draft.run.trim() === "" ? "Say what is to run." : null;
}

export function requestOf(draft: Draft): ExecutionRequest {
  const seconds = readSpan(draft.timeout);
  return {
    command: commandOf(draft),
    ...(draft.dir.trim() === "" ? {} : { working_dir: draft.dir.trim() }),
    ...(seconds === null ? {} : { timeout_ms: seconds * 1000 }),
  };
}

function commandOf(draft: Draft): ExecutionCommand {
  const args = draft.args.split("\n").filter((line) => line !== "");
  const given = args.length === 0 ? {} : { args };
  switch (draft.form) {
    case "shell":
      return { type: "shell", command: draft.run };
    case "exec":
      return { type: "exec", program: draft.run.trim(), ...given };
    case "script":
      return { type: "script", content: draft.run, ...(draft.interpreter === "" ? {} : { interpreter: draft.interpreter }), ...given };
    case "aws_cli":
      return {
        type: "aws_cli",
        service: draft.service.trim(),
        operation: draft.operation.trim(),
        ...given,
        ...(draft.profile.trim() === "" ? {} : { profile: draft.profile.trim() }),
        ...(draft.region.trim() === "" ? {} : { region: draft.region.trim() }),
      };
  }
}
