/** How well a state is. The domains have words of their own; what is not known here is told without a judgement. */
export type StateLook = "good" | "bad" | "moving" | "resting" | "unknown" | "plain" | "deleted";

const LOOKS: Record<string, StateLook> = {};
const WORDS: Partial<Record<StateLook, string>> = {
  good: "up open running available active in-use attached ok healthy enabled online connected started issued associated ready",
  bad: "failed error crashed impaired alarm unhealthy degraded expired create_failed delete_failed insufficient_capacity",
  moving: "pending starting stopping shutting-down provisioning creating updating deleting modifying rebooting backing-up attaching detaching",
  resting: "down stopped paused suspended closed disabled inactive terminated detached offline shut_off shutoff unattached",
  unknown: "unknown open_filtered filtered unreachable not_known",
};
for (const [look, words] of Object.entries(WORDS)) for (const word of words.split(" ")) LOOKS[word] = look as StateLook;

/** Returns how a state looks. */
export function lookOf(state: string, deleted: boolean): StateLook {
  if (deleted) return "deleted";
  const word = state.toLowerCase().replaceAll(" ", "_");
  return Object.hasOwn(LOOKS, word) ? (LOOKS[word] as StateLook) : "plain";
}

/** Returns the word for people. */
export function stateWord(state: string): string {
  if (state === "open_filtered") return "open or filtered";
  return state === "" ? "–" : state.replaceAll("_", " ");
}
