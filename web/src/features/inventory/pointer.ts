/** Returns a JSON pointer (RFC 6901) as people read it: `services › tcp › 22`. */
export function pointerText(pointer: string): string {
  if (pointer === "" || pointer === "/") return "all of it";
  return pointer
    .replace(/^\//, "")
    .split("/")
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .join(" › ");
}

/** Returns a value of JSON on one line; texts without their quotes. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return "–";
  return typeof value === "string" ? (value === "" ? "(empty)" : value) : JSON.stringify(value);
}
