import { expect, test } from "vitest";

import type { ExecutionRequest } from "../../api/types";
import { execCommand } from "./command";
import { endedWith } from "./describe";

const cases: [string, ExecutionRequest, string][] = [
  ["a program", { command: { type: "exec", program: "./deploy.sh", args: ["--region", "eu west"] } }, "groma exec -- ./deploy.sh --region 'eu west'"],
  ["a line", { command: { type: "shell", command: "du -sh * | sort" }, timeout_ms: 30_000 }, "groma exec --timeout 30s --shell 'du -sh * | sort'"],
  ["a script", { command: { type: "script", path: "run.py", interpreter: "python", args: ["x"] }, env: { A: "b c" } }, "groma exec --env 'A=b c' --script run.py --interpreter python -- x"],
  ["a call", { command: { type: "aws_cli", service: "ec2", operation: "describe-instances", region: "eu-west-1" }, working_dir: "/srv" }, "groma exec --dir /srv --aws -- ec2 describe-instances --region eu-west-1"],
];

test.each(cases)("%s as a command line", (_, request, line) => expect(execCommand(request)).toBe(line));

test.each([
  [{ exit_code: 0 }, "exit code 0"],
  [{ signal: 9 }, "signal 9 (KILL)"],
  [{ signal: 64 }, "signal 64"],
  [{}, null],
])("%j is told", (ended, words) => expect(endedWith(ended)).toBe(words));
