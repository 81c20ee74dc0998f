import { useMantineColorScheme } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent } from "react";

import type { SearchHit } from "../../api/types";
import { backend, reconnectNow } from "../../shared/backend/instance";
import { describe } from "../../shared/backend/problem";
import { counted } from "../../shared/format/number";
import { useSession } from "../../shared/session/store";
import { notify } from "../../shared/ui/notices-store";
import { commands, executionOffers, scanOffers, searchOffers, textOffers, thingOffers, type Doing } from "./commands";
import styles from "./palette.module.css";
import { ranked, type Offer } from "./rank";
import { usePalette } from "./store";

const THINGS_MAX = 8;
/** So long after the last key things are searched for, in milliseconds. */
const REST_MS = 120;
const SCANS_MAX = 200;
/** What the server takes. */
const TEXT_MAX = 1000;
const PAGE = 8;
const NONE: readonly SearchHit[] = [];

/** Finds pages, actions, things and scans by what is typed; the keyboard alone is enough. */
export function Palette({ onClose }: { onClose(): void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [text, setText] = useState("");
  const [active, setActive] = useState(0);
  const id = useId();
  const doing = useDoing();
  const things = useThings();
  const found = useFoundThings(text.trim());
  // Closed while it is still in the page, or the focus does not go back.
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  const groups = useMemo(
    () => ranked([...textOffers(text, doing), ...commands(doing), ...thingOffers(found, doing), ...searchOffers(text, doing), ...scanOffers(things.scans, doing), ...executionOffers(things.executions, things.plans, doing)], text),
    [text, doing, things, found],
  );
  const offers = groups.flatMap((group) => group.offers);
  const chosen = offers[Math.min(active, offers.length - 1)];
  const run = (offer: Offer): void => {
    onClose();
    offer.run();
  };
  const move = (to: number): void => setActive(offers.length === 0 ? 0 : (to + offers.length) % offers.length);
  const onKeyDown = (event: KeyboardEvent): void => {
    const current = Math.min(active, Math.max(0, offers.length - 1));
    if (event.key === "ArrowDown") move(current + 1);
    else if (event.key === "ArrowUp") move(current - 1);
    else if (event.key === "PageDown") setActive(Math.min(offers.length - 1, current + PAGE));
    else if (event.key === "PageUp") setActive(Math.max(0, current - PAGE));
    else if (event.key === "Enter" && !event.nativeEvent.isComposing && chosen) run(chosen);
    else return;
    event.preventDefault();
  };
  return (
    <dialog
      ref={dialog}
      className={styles["palette"]}
      aria-label="Find pages, actions, things, scans and commands"
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClose={() => {
        if (!dialog.current?.open) onClose();
      }}
      onPointerDown={(event) => {
        if (event.target === dialog.current) onClose();
      }}
    >
      <input
        className={styles["input"]}
        role="combobox"
        aria-label="Find"
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={chosen ? optionId(id, chosen) : undefined}
        placeholder="Page, action, address, name, scan, command…"
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div id={`${id}-list`} role="listbox" aria-label="Found" className={styles["list"]}>
        {groups.map((group) => (
          <div key={group.name} role="group" aria-labelledby={`${id}-${group.name}`}>
            <div id={`${id}-${group.name}`} role="presentation" className={styles["group"]}>
              {group.name}
            </div>
            {group.offers.map((offer) => (
              <Option key={offer.id} id={optionId(id, offer)} offer={offer} chosen={offer === chosen} onPoint={() => setActive(offers.indexOf(offer))} onRun={() => run(offer)} />
            ))}
          </div>
        ))}
      </div>
      <p role="status" className={offers.length === 0 ? styles["nothing"] : "sr-only"}>
        {offers.length === 0 ? "Nothing fits. Things are found by name, address, id, words or meaning; scans and commands by their words or id." : counted(offers.length, "result")}
      </p>
      <p className={styles["foot"]} aria-hidden="true">
        <kbd>↑</kbd> <kbd>↓</kbd> choose · <kbd>Enter</kbd> open · <kbd>Esc</kbd> close
      </p>
    </dialog>
  );
}

interface OptionProps {
  id: string;
  offer: Offer;
  chosen: boolean;
  onPoint(): void;
  onRun(): void;
}

function Option({ id, offer, chosen, onPoint, onRun }: OptionProps) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (chosen) element.current?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  return (
    // The focus stays in the field, which says by aria-activedescendant which option it is at.
    <div ref={element} id={id} role="option" aria-selected={chosen} tabIndex={-1} className={styles["option"]} onPointerMove={onPoint} onClick={onRun} onKeyDown={undefined}>
      <span className={styles["title"]}>{offer.title}</span>
      {offer.hint ? <span className={styles["hint"]}>{offer.hint}</span> : null}
      {offer.keys ? <kbd className={styles["keys"]}>{offer.keys}</kbd> : null}
    </div>
  );
}

function optionId(id: string, offer: Offer): string {
  return `${id}-${offer.id.replace(/[^\w-]/g, "_")}`;
}

/** The newest scans, commands and plans, read when the palette opens. */
function useThings() {
  const scans = useQuery({ queryKey: ["palette", "scans"], queryFn: ({ signal }) => backend.request("get", "/v1/scans", { query: { limit: SCANS_MAX }, signal }) });
  const executions = useQuery({ queryKey: ["palette", "executions"], queryFn: ({ signal }) => backend.request("get", "/v1/executions", { query: { limit: SCANS_MAX }, signal }) });
  const plans = useQuery({ queryKey: ["palette", "plans"], queryFn: ({ signal }) => backend.request("get", "/v1/plans", { query: { limit: SCANS_MAX }, signal }) });
  return useMemo(
    () => ({ scans: scans.data?.scans ?? [], executions: executions.data?.executions ?? [], plans: plans.data?.plans ?? [] }),
    [scans.data, executions.data, plans.data],
  );
}

/** What the server finds for a text, once nobody typed for a moment; nothing while it is another text's. */
function useFoundThings(text: string): readonly SearchHit[] {
  const [rested, setRested] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setRested(text), REST_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const { data } = useQuery({
    queryKey: ["palette", "things", rested],
    enabled: rested !== "",
    retry: false,
    queryFn: ({ signal }) => backend.request("get", "/v1/search", { query: { q: rested.slice(0, TEXT_MAX), limit: THINGS_MAX }, signal }),
  });
  return text === rested && data !== undefined && text !== "" ? data.hits : NONE;
}

function useDoing(): Doing {
  const router = useRouter();
  const { setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  return useMemo(
    () => ({
      open: (href) => router.history.push(href),
      theme: (scheme) => {
        setColorScheme(scheme);
        notify({ kind: "done", key: "theme", text: scheme === "auto" ? "The theme is the system's." : `The theme is ${scheme}.` });
      },
      signOut: () => {
        backend.request("delete", "/v1/session", {}).then(
          () => useSession.getState().signedOut(),
          (error: unknown) => notify({ kind: "error", text: "Signing out did not work.", detail: describe(error) }),
        );
      },
      reconnect: () => reconnectNow(),
      showKeys: () => usePalette.getState().show("keys"),
      copyLink: () => {
        const write = navigator.clipboard?.writeText(location.href) ?? Promise.reject(new Error("no clipboard"));
        write.then(
          () => notify({ kind: "done", text: "The link is copied." }),
          () => notify({ kind: "error", text: "The browser does not allow copying here." }),
        );
      },
    }),
    [router, setColorScheme],
  );
}
