/** What people call a kind, and the drawing that stands beside it. */
export interface KindWords {
  one: string;
  many: string;
  shape: KindShape;
}

export type KindShape = "host" | "service" | "machine" | "storage" | "network" | "identity" | "code" | "thing";

const KNOWN: Record<string, KindWords> = {
  "network.host": { one: "Host", many: "Hosts", shape: "host" },
  "network.service": { one: "Service", many: "Services", shape: "service" },
};

// Names that are abbreviations stay in capitals.
const CAPITALS = new Set(["ec2", "s3", "iam", "rds", "vpc", "sqs", "sns", "ecs", "eks", "ecr", "elb", "elbv2", "kms", "efs", "ebs", "db", "vm", "ami", "acl", "ip", "nat", "dns", "waf", "acm", "emr", "mq"]);

const SHAPES: readonly (readonly [RegExp, KindShape])[] = [
  [/rds|db_/, "storage"],
  [/instance|machine|domain|node|server/, "machine"],
  [/bucket|volume|snapshot|storage|pool|disk|file_?system|table|database|cluster|cache|repository|image/, "storage"],
  [/vpc|subnet|network|gateway|route|load_balancer|elb|security_group|interface|address|distribution|zone/, "network"],
  [/iam|role|user|group|policy|key|secret|certificate/, "identity"],
  [/function|lambda|queue|topic|stream|pipeline|stack|api/, "code"],
];

const made = new Map<string, KindWords>();

/** Returns how a kind such as `aws.ec2.instance` is told: `EC2 instance`. */
export function kindWords(kind: string): KindWords {
  const known = KNOWN[kind] ?? made.get(kind);
  if (known !== undefined) return known;
  const parts = kind.split(".");
  // The first part is the domain, which the scope tells as well.
  const words = (parts.length > 1 ? parts.slice(1) : parts).flatMap((part) => part.split("_")).filter((word) => word !== "");
  const one = capital(words.map((word) => (CAPITALS.has(word) ? word.toUpperCase() : word)).join(" ")) || kind;
  const shape = SHAPES.find(([pattern]) => pattern.test(kind))?.[1] ?? "thing";
  const fresh: KindWords = { one, many: plural(one), shape };
  made.set(kind, fresh);
  return fresh;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function plural(word: string): string {
  if (/(?:s|x|ch|sh)$/.test(word)) return `${word}es`;
  return /[^aeiou]y$/.test(word) ? `${word.slice(0, -1)}ies` : `${word}s`;
}
