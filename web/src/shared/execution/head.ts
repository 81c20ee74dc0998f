import { backend } from "../backend/instance";

/** Returns the journal's present position: what is read after it holds everything up to there, and maybe more. */
export async function headNow(signal: AbortSignal): Promise<string> {
  const { head } = await backend.request("get", "/v1/events/history", { signal, query: { limit: 1 } });
  return head;
}
