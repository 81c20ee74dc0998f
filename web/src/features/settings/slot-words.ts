import type { SlotKind } from "./types";

const NAMES: Record<SlotKind, string> = {
  key_file: "a key file",
  passphrase: "a passphrase",
  keychain: "the system's keychain",
  systemd_credential: "a systemd credential",
  recovery: "a recovery key",
};

/** Returns what opens a slot, in words. */
export function nameOf(kind: SlotKind): string {
  return NAMES[kind];
}
