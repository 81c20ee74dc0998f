import type { ExecutionMechanism, ExecutionTeardown } from "../../api/types";
import { counted } from "../../shared/format/number";

const MECHANISMS: Record<ExecutionMechanism, string> = {
  cgroup: "a control group of its own",
  process_group: "a process group, and a mark in the environment for those that leave it",
  job_object: "a job object",
};

export interface TeardownReport {
  /** Whether everything is proven gone. */
  clean: boolean;
  /** What it comes to. */
  title: string;
  /** Particulars, as sentences. */
  lines: readonly string[];
}

/** Says in words how a command was seen to be gone. */
export function teardownReport(teardown: ExecutionTeardown): TeardownReport {
  const { mechanism, forced, swept, survivors, pipes_held: held } = teardown;
  const clean = survivors.length === 0;
  return {
    clean,
    title: clean ? "Nothing of it is left" : `${counted(survivors.length, "process", "processes")} of it ${survivors.length === 1 ? "lives" : "live"} on`,
    lines: [
      ...(clean ? ["Every process that it started is proven gone."] : survivors.map(({ pid, name }) => `Process ${pid} (${name}) could not be ended. Look at it with \`ps -fp ${pid}\`, and end it by hand if it does harm.`)),
      forced ? "The end had to be forced: it did not end when it was asked to." : "Nothing had to be forced.",
      swept === 0 ? "No other process outlived the command." : `${counted(swept, "process", "processes")} outlived the command and ${swept === 1 ? "was" : "were"} ended with it.`,
      ...(held ? ["Something still held its output open at the end: more could have been written that is not in the log."] : []),
      `Its processes were held together by ${MECHANISMS[mechanism]}.`,
    ],
  };
}
