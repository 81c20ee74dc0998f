import type { MantineColorScheme } from "@mantine/core";

import type { ExecutionSummary, PlanSummary, Scan, SearchHit } from "../../api/types";
import { planName } from "../../shared/execution/describe";
import { targetsOf } from "../../shared/scan/describe";
import { moment } from "../../shared/format/time";
import { kindWords } from "../../shared/thing/kind";
import { scopeText } from "../../shared/thing/scope";
import { stateWord } from "../../shared/thing/state";
import type { Offer } from "./rank";
import { PAGE_KEYS } from "./shortcuts";

/** What the palette's commands can do; the page gives it. */
export interface Doing {
  /** Opens a page of ours by its whole address. */
  open(href: string): void;
  theme(scheme: MantineColorScheme): void;
  signOut(): void;
  reconnect(): void;
  showKeys(): void;
  copyLink(): void;
}

const PAGES: readonly { href: string; title: string; words?: string }[] = [
  { href: "/", title: "Overview", words: "home start" },
  { href: "/scans", title: "Scans", words: "history jobs" },
  { href: "/scans/new", title: "New scan" },
  { href: "/inventory", title: "Inventory", words: "things resources search hosts services all" },
  { href: "/inventory?changed=24h", title: "Changed in the last day", words: "inventory things" },
  { href: "/executions", title: "Executions", words: "commands plans runs logs" },
  { href: "/executions/new", title: "Run a command", words: "start exec shell script" },
  { href: "/events", title: "Events", words: "journal live replay" },
  { href: "/settings", title: "Settings", words: "preferences administration" },
  { href: "/settings/tokens", title: "Tokens", words: "settings api access bearer" },
  { href: "/settings/webhooks", title: "Webhooks", words: "settings deliveries" },
  { href: "/settings/keys", title: "Keys", words: "settings encryption passphrase recovery" },
  { href: "/settings/retention", title: "Retention", words: "settings consumers archive disk" },
  { href: "/settings/backups", title: "Backups", words: "settings restore drill verify retention s3" },
  { href: "/settings/search", title: "Search model", words: "settings language meaning embeddings install" },
  { href: "/settings/statistics", title: "Event statistics", words: "settings rate lag merged dropped" },
  { href: "/settings/errors", title: "Error log", words: "settings problems warnings" },
  { href: "/settings/browser", title: "This browser", words: "settings polling keyboard" },
  { href: "/settings/about", title: "About", words: "settings version licences api documents" },
];

/** Pages and actions. */
export function commands(doing: Doing): Offer[] {
  const keys = new Map<string, string>(Object.entries(PAGE_KEYS).map(([letter, { to }]) => [to, `g ${letter}`]));
  const pages = PAGES.map(({ href, title, words }): Offer => ({ id: `page ${href}`, group: "Pages", title, words, keys: keys.get(href), run: () => doing.open(href) }));
  const action = (title: string, run: () => void, part: Partial<Offer> = {}): Offer => ({ id: `action ${title}`, group: "Actions", title, run, ...part });
  return [
    ...pages,
    action("Start a scan", () => doing.open("/scans/new"), { words: "new network" }),
    action("Back up now", () => doing.open("/settings/backups"), { words: "backup create restore" }),
    action("New webhook", () => doing.open("/settings/webhooks/new"), { words: "create add" }),
    action("New token", () => doing.open("/settings/tokens?create=true"), { words: "create add" }),
    action("Replay all events", () => doing.open("/events?from=oldest"), { words: "start oldest" }),
    action("Theme: system", () => doing.theme("auto"), { words: "colour auto" }),
    action("Theme: light", () => doing.theme("light"), { words: "colour bright" }),
    action("Theme: dark", () => doing.theme("dark"), { words: "colour night" }),
    action("Copy link to this page", doing.copyLink, { words: "share address url" }),
    action("Connect now", doing.reconnect, { words: "reconnect stream live" }),
    action("Keyboard help", doing.showKeys, { words: "shortcuts keys", keys: "?" }),
    action("Sign out", doing.signOut, { words: "leave log off" }),
  ];
}

const TARGET = /^(?:\d{1,3}(?:\.\d{1,3}){3}(?:\/\d{1,2}|-\d{1,3})?|[0-9a-f:]*::?[0-9a-f:]+(?:\/\d{1,3})?)$/i;

/** What can be done with the text itself: an address can be scanned. */
export function textOffers(text: string, doing: Doing): Offer[] {
  const target = text.trim();
  if (!TARGET.test(target)) return [];
  return [{ id: "action scan target", group: "Actions", title: `Scan ${target}`, run: () => doing.open(`/scans/new?targets=${encodeURIComponent(JSON.stringify(target))}`) }];
}

/** Where everything that is near a text is listed, with why. */
export function searchOffers(text: string, doing: Doing): Offer[] {
  const words = text.trim();
  if (words === "") return [];
  return [{ id: "search things", group: "Actions", title: `Search the inventory for “${words}”`, found: true, run: () => doing.open(`/inventory?q=${encodeURIComponent(JSON.stringify(words))}`) }];
}

/** Things of the inventory that the server found, best first. What is only near in meaning is left out: something always is. */
export function thingOffers(hits: readonly SearchHit[], doing: Doing): Offer[] {
  const named = hits.filter(({ why }) => why.some(({ by }) => by !== "meaning"));
  return named.map(({ resource: { id, kind, name, state, scope, deleted_at } }) => ({
    id: `thing ${id}`,
    group: "Things",
    title: name || id,
    hint: [kindWords(kind).one, deleted_at ? "deleted" : stateWord(state), scopeText(scope)].filter((part) => part !== "").join(", "),
    found: true,
    run: () => doing.open(`/inventory/${id}`),
  }));
}

/** Scans, newest first. */
export function scanOffers(scans: readonly Scan[], doing: Doing): Offer[] {
  return scans.map((scan) => ({
    id: `scan ${scan.id}`,
    group: "Scans",
    title: targetsOf(scan),
    hint: `${scan.status}, ${moment(scan.created_at)}`,
    words: `${scan.id} ${scan.request.targets.join(" ")}`,
    run: () => doing.open(`/scans/${scan.id}`),
  }));
}

/** Commands and plans, newest first. */
export function executionOffers(executions: readonly ExecutionSummary[], plans: readonly PlanSummary[], doing: Doing): Offer[] {
  const offer = (id: string, title: string, status: string, created: string): Offer => ({
    id: `execution ${id}`,
    group: "Executions",
    title,
    hint: `${status.replace("_", " ")}, ${moment(created)}`,
    words: id,
    run: () => doing.open(`/executions/${id}`),
  });
  return [...plans.map((plan) => offer(plan.id, planName(plan), plan.status, plan.created_at)), ...executions.map(({ id, command, status, created_at }) => offer(id, command, status, created_at))];
}
