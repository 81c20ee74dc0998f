import type { ExecutionCommand } from "../../../api/types";
import { quoted } from "../../../shared/format/shell";

/** Returns a command in a line, for people. */
export function shownCommand(command: ExecutionCommand): string {
  switch (command.type) {
    case "shell":
      return command.command;
    case "exec":
      return [command.program, ...(command.args ?? [])].map(quoted).join(" ");
    case "aws_cli":
      return ["aws", command.service, command.operation, ...(command.args ?? [])].map(quoted).join(" ");
    case "script":
      return [command.path ?? "script", ...(command.args ?? [])].map(quoted).join(" ");
  }
}
