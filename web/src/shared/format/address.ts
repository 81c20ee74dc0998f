/** Orders addresses by number, IPv4 before IPv6, so that .9 comes before .10. */
export function compareAddresses(a: string, b: string): number {
  const [left, right] = [key(a), key(b)];
  return left < right ? -1 : Number(left > right);
}

const keys = new Map<string, string>();
const KEYS_MAX = 200_000;

function key(address: string): string {
  const known = keys.get(address);
  if (known !== undefined) return known;
  const made = address.includes(":") ? `6${expand(address)}` : `4${address.split(".").map((part) => part.padStart(3, "0")).join(".")}`;
  if (keys.size >= KEYS_MAX) keys.clear();
  keys.set(address, made);
  return made;
}

function expand(address: string): string {
  const [head = "", tail] = address.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  return [...left, ...Array.from({ length: zeros }, () => "0"), ...right].map((part) => part.padStart(4, "0")).join(":");
}
