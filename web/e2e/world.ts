// A large inventory for the page alone: as many things as one likes, answered in the server's place.
import type { Page, Request, Route } from "playwright-core";

import type { components } from "../src/api/schema";

type Resource = components["schemas"]["Resource"];
type Facets = components["schemas"]["Facets"];

const KINDS = ["network.host", "network.service", "aws.ec2.instance", "aws.s3.bucket", "aws.rds.db_instance", "aws.ec2.security_group", "aws.iam.role", "aws.lambda.function"];
const STATES = ["up", "open", "running", "available", "available", "available", "active", "active"];
const REGIONS = ["eu-west-1", "us-east-1", "eu-central-1"];
const TEAMS = ["payments", "search", "platform"];
const START = Date.parse("2026-11-01T00:00:00Z");

export interface World {
  things: Resource[];
  /** How often a page of things was asked for. */
  asked: number;
}

/** Returns a thing of a world by its number; the same number is always the same thing. */
export function thing(number: number): Resource {
  const family = number % KINDS.length;
  const kind = KINDS[family] ?? "";
  const local = kind.startsWith("network.");
  const at = new Date(START + number * 1000).toISOString();
  return {
    id: `0199aaaa-0000-7000-8000-${String(number).padStart(12, "0")}`,
    kind,
    name: local ? `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}${kind === "network.service" ? " 443/tcp" : ""}` : `${TEAMS[number % 3]}-${kind.split(".").at(-1)?.replace("_", "-")}-${number}`,
    scope: local ? { subnet: `10.${(number >> 16) & 255}.${(number >> 8) & 255}.0/24` } : { account: `11112222333${number % 3}`, region: REGIONS[number % 3] },
    state: number % 17 === 0 ? "stopped" : (STATES[family] ?? "up"),
    identifiers: [],
    tags: local ? {} : { env: number % 2 === 0 ? "prod" : "test", team: TEAMS[number % 3] ?? "" },
    attributes: {},
    first_seen: at,
    last_seen: at,
    last_changed: at,
  };
}

/** Answers lists of the inventory with a world of so many things, newest first, filtered by kind and state. */
export async function inWorld(page: Page, size: number): Promise<World> {
  const world: World = { things: Array.from({ length: size }, (_, index) => thing(size - index)), asked: 0 };
  await page.route(/\/v1\/resources\?/, (route, request) => answerList(world, route, request));
  return world;
}

async function answerList(world: World, route: Route, request: Request): Promise<void> {
  world.asked += 1;
  const query = new URL(request.url()).searchParams;
  const wants = (name: string, value: string): boolean => !query.has(name) || (query.get(name) ?? "").split(",").includes(value);
  const fit = world.things.filter(({ kind, state }) => wants("type", kind) && wants("state", state));
  const from = Number(query.get("cursor") ?? "0");
  const to = from + Number(query.get("limit") ?? "100");
  const data = {
    resources: fit.slice(from, to),
    total: fit.length,
    ...(to < fit.length ? { next_cursor: String(to) } : {}),
    ...(query.get("facets") === "true" ? { facets: facetsOf(fit) } : {}),
    sequence: "1763740800000-00000000000000000001",
    as_of: new Date().toISOString(),
  };
  await route.fulfill({ json: { message: "", data } });
}

function facetsOf(things: readonly Resource[]): Facets {
  const spread = (read: (thing: Resource) => string | null | undefined) => {
    const counts = new Map<string, number>();
    for (const thing of things) {
      const value = read(thing);
      if (value) counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    return [...counts].map(([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count).slice(0, 50);
  };
  return {
    kind: spread(({ kind }) => kind),
    state: spread(({ state }) => state),
    account: spread(({ scope }) => scope.account),
    region: spread(({ scope }) => scope.region),
    connection: [],
    subnet: spread(({ scope }) => scope.subnet),
    tags: { env: spread(({ tags }) => tags["env"]), team: spread(({ tags }) => tags["team"]) },
  };
}
