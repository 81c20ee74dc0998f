import { Checkbox, NativeSelect } from "@mantine/core";

import { POLL_MAX_MS, POLL_MIN_MS, usePreferences } from "../../shared/preferences/store";
import { Page } from "../../shared/ui/page";
import { Panel } from "../../shared/ui/panel";
import styles from "./settings.module.css";

const INTERVALS = [1, 2, 5, 10, 30, 60].map((seconds) => ({ value: String(seconds * 1000), label: `every ${seconds} s` })).filter(({ value }) => Number(value) >= POLL_MIN_MS && Number(value) <= POLL_MAX_MS);

/** What this browser remembers; the server knows nothing of it. */
export function BrowserPage() {
  const { pollMs, singleKeys, choose } = usePreferences();
  const known = INTERVALS.some(({ value }) => value === String(pollMs));
  return (
    <Page title="This browser">
      <Panel title="Connection">
        <div className={styles["form"]}>
          <NativeSelect
            label="When no stream opens, ask the server"
            description="Some proxies refuse WebSockets: then this page asks instead of listening, and says so"
            data={known ? INTERVALS : [...INTERVALS, { value: String(pollMs), label: `every ${pollMs / 1000} s` }]}
            value={String(pollMs)}
            onChange={(event) => choose({ pollMs: Number(event.currentTarget.value) })}
          />
        </div>
      </Panel>
      <Panel title="Keyboard">
        <div className={styles["stack"]}>
          <Checkbox
            label="Single keys do something"
            description="? lists the keys, g and a letter opens a page; turn it off when you dictate"
            checked={singleKeys}
            onChange={(event) => choose({ singleKeys: event.currentTarget.checked })}
          />
          <p className={styles["dim"]}>Ctrl-K (Cmd-K on a Mac) opens the palette in any case. The theme is chosen at the foot of the page list.</p>
        </div>
      </Panel>
    </Page>
  );
}
