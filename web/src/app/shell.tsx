import { Link, Outlet } from "@tanstack/react-router";

import { useUnseenErrors } from "../shared/errors/unseen";
import { useConnection } from "../shared/live/connection";
import { ConnectionBanner } from "./connection-banner";
import { ConnectionIndicator } from "./connection-indicator";
import { Icon } from "./icon";
import { Overlay } from "./palette/overlay";
import { usePalette } from "./palette/store";
import { SystemErrors } from "./system-errors";
import styles from "./shell.module.css";
import { ThemeSwitch } from "./theme-switch";
import { Who } from "./who";

/** The frame around every page. */
export function Shell() {
  const lost = useConnection((connection) => connection.state === "lost");
  return (
    <div className={styles["shell"]}>
      <a className={styles["skip"]} href="#main">
        Skip to content
      </a>
      <header className={styles["side"]}>
        <Link to="/" className={styles["brand"]} aria-label="Groma, overview" activeProps={{ "aria-current": undefined }}>
          <Icon name="groma" />
          Groma
        </Link>
        <FindButton />
        <nav aria-label="Pages">
          <ul className={styles["links"]}>
            <li>
              <Link to="/" className={styles["link"]} activeOptions={{ exact: true }}>
                <Icon name="overview" />
                Overview
              </Link>
            </li>
            <li>
              <Link to="/scans" className={styles["link"]}>
                <Icon name="scans" />
                Scans
              </Link>
            </li>
            <li>
              <Link to="/inventory" className={styles["link"]}>
                <Icon name="inventory" />
                Inventory
              </Link>
            </li>
            <li>
              <Link to="/executions" className={styles["link"]}>
                <Icon name="executions" />
                Executions
              </Link>
            </li>
            <li>
              <Link to="/events" className={styles["link"]}>
                <Icon name="events" />
                Events
              </Link>
            </li>
            <li>
              <Link to="/settings" className={styles["link"]}>
                <Icon name="settings" />
                Settings
              </Link>
            </li>
          </ul>
        </nav>
        <div className={styles["foot"]}>
          <UnseenErrors />
          <ConnectionIndicator />
          <ThemeSwitch />
          <Who className={styles["who"] ?? ""} />
        </div>
      </header>
      <main id="main" className={styles["main"]} tabIndex={-1} data-stale={lost || undefined}>
        <ConnectionBanner className={styles["banner"] ?? ""} />
        <SystemErrors />
        <Outlet />
      </main>
      <Overlay />
    </div>
  );
}

function FindButton() {
  const show = usePalette((palette) => palette.show);
  return (
    <button type="button" className={styles["find"]} aria-keyshortcuts="Control+K Meta+K" onClick={() => show("palette")}>
      <Icon name="find" />
      Find…
      <kbd aria-hidden="true">Ctrl K</kbd>
    </button>
  );
}

/** What went wrong since somebody last looked at the log; gone when nothing did. */
function UnseenErrors() {
  const count = useUnseenErrors((errors) => errors.count);
  if (count === 0) return null;
  return (
    <Link to="/settings/errors" className={styles["errors"]}>
      {count === 1 ? "1 new error" : `${count} new errors`}
    </Link>
  );
}
