import type { SlotRequest } from "./types";

/** A slot as its form holds it. */
export interface SlotDraft {
  kind: SlotRequest["kind"];
  path: string;
  passphrase: string;
  again: string;
  name: string;
}

export const EMPTY_SLOT: SlotDraft = { kind: "passphrase", path: "", passphrase: "", again: "", name: "groma" };
export const PASSPHRASE_MIN = 12;

/** Returns what is wrong with a passphrase so far; null when nothing is. */
export function passphraseError({ passphrase, again }: SlotDraft): string | null {
  if (passphrase === "") return null;
  if ([...passphrase].length < PASSPHRASE_MIN) return `At least ${PASSPHRASE_MIN} characters; this has ${[...passphrase].length}`;
  return again !== "" && again !== passphrase ? "The two differ" : null;
}

/** Returns the request for a slot; null while the form says too little. */
export function slotRequest(draft: SlotDraft): SlotRequest | null {
  switch (draft.kind) {
    case "key_file":
      return draft.path.trim() === "" ? null : { kind: "key_file", path: draft.path.trim() };
    case "passphrase":
      return passphraseError(draft) !== null || draft.passphrase === "" || draft.passphrase !== draft.again ? null : { kind: "passphrase", passphrase: draft.passphrase };
    case "keychain":
      return { kind: "keychain" };
    case "systemd_credential":
      return draft.name.trim() === "" ? null : { kind: "systemd_credential", name: draft.name.trim() };
  }
}
