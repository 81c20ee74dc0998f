/** Something the palette offers. */
export interface Offer {
  id: string;
  group: "Actions" | "Pages" | "Things" | "Scans" | "Executions";
  title: string;
  /** Stands beside the title, and is searched too. */
  hint?: string | undefined;
  /** Other words for it. */
  words?: string | undefined;
  /** The keys that do the same. */
  keys?: string | undefined;
  /** Whether the server found it for the text, and put it in its place. */
  found?: boolean | undefined;
  run(): void;
}

export interface OfferGroup {
  name: Offer["group"];
  offers: readonly Offer[];
}

const ORDER: readonly Offer["group"][] = ["Pages", "Actions", "Things", "Scans", "Executions"];
/** So many of a group show. */
export const SHOWN_MAX = 8;

/** Returns what fits a text, best first, in its groups; what the server found keeps its order. */
export function ranked(offers: readonly Offer[], text: string): OfferGroup[] {
  const words = text.trim().toLowerCase().split(/\s+/).filter((word) => word !== "");
  return ORDER.map((name) => ({ name, offers: best(offers.filter(({ group }) => group === name), words) })).filter(({ offers }) => offers.length > 0);
}

function best(offers: readonly Offer[], words: readonly string[]): Offer[] {
  const scored = offers.map((offer) => ({ offer, score: offer.found ? 1 : scoreOf(offer, words) })).filter(({ score }) => score > 0);
  return scored.sort((a, b) => b.score - a.score).slice(0, SHOWN_MAX).map(({ offer }) => offer);
}

/** Every word must occur; at the title's beginning counts most, then at a word's, then anywhere. */
function scoreOf({ title, hint = "", words: others = "" }: Offer, words: readonly string[]): number {
  const name = title.toLowerCase();
  const all = `${name} ${hint} ${others}`.toLowerCase();
  let score = 1;
  for (const word of words) {
    if (!all.includes(word)) return 0;
    if (name === word) score += 8;
    else if (name.startsWith(word)) score += 6;
    else if (name.includes(` ${word}`)) score += 4;
    else if (name.includes(word)) score += 2;
    else score += 1;
  }
  return score;
}
