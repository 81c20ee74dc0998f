import type { ExecutionRequest } from "../../api/types";
import { quoted } from "../format/shell";

/** Returns the command line that runs the same. */
export function execCommand(request: ExecutionRequest): string {
  const words = ["groma", "exec"];
  if (request.working_dir) words.push("--dir", quoted(request.working_dir));
  if (request.timeout_ms) words.push("--timeout", time(request.timeout_ms));
  if (request.silence_timeout_ms) words.push("--silence", time(request.silence_timeout_ms));
  if (request.inherit_env === "clean") words.push("--clean-env");
  else if (typeof request.inherit_env === "object") for (const name of request.inherit_env.named) words.push("--keep-env", quoted(name));
  for (const [name, value] of Object.entries(request.env ?? {})) words.push("--env", quoted(`${name}=${value}`));
  for (const name of Object.keys(request.secrets ?? {})) words.push("--secret", quoted(name));
  const { command } = request;
  switch (command.type) {
    case "shell":
      words.push("--shell", quoted(command.command));
      break;
    case "script":
      words.push("--script", quoted(command.path ?? "script"));
      if (command.interpreter) words.push("--interpreter", command.interpreter);
      if (command.args?.length) words.push("--", ...command.args.map(quoted));
      break;
    case "exec":
      words.push("--", quoted(command.program), ...(command.args ?? []).map(quoted));
      break;
    case "aws_cli": {
      const { service, operation, args = [], profile, region } = command;
      words.push("--aws", "--", quoted(service), quoted(operation), ...args.map(quoted));
      if (profile) words.push("--profile", quoted(profile));
      if (region) words.push("--region", quoted(region));
      break;
    }
  }
  return words.join(" ");
}

function time(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}
