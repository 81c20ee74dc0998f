import type { Relation } from "../../api/types";

export interface RelationGroup {
  key: string;
  title: string;
  relations: readonly Relation[];
}

/** Returns relations by kind and direction: what the thing belongs to first. */
export function relationGroups(relations: readonly Relation[]): RelationGroup[] {
  const groups = new Map<string, { title: string; relations: Relation[] }>();
  for (const relation of relations) {
    const key = `${relation.direction} ${relation.kind}`;
    const group = groups.get(key) ?? { title: titleOf(relation), relations: [] };
    group.relations.push(relation);
    groups.set(key, group);
  }
  const rank = (key: string): number => (key.startsWith("out") ? 0 : 1);
  return [...groups].map(([key, group]) => ({ key, ...group })).sort((a, b) => rank(a.key) - rank(b.key));
}

function titleOf({ kind, direction }: Relation): string {
  const words = kind.replaceAll("_", " ");
  const capital = words.charAt(0).toUpperCase() + words.slice(1);
  return direction === "out" ? capital : `${capital} this`;
}
