import { Link, Outlet } from "@tanstack/react-router";

import { useConnection } from "../shared/live/connection";
import { ConnectionBanner } from "./connection-banner";
import { ConnectionIndicator } from "./connection-indicator";
import { Icon } from "./icon";
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
              <Link to="/events" className={styles["link"]}>
                <Icon name="events" />
                Events
              </Link>
            </li>
          </ul>
        </nav>
        <div className={styles["foot"]}>
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
    </div>
  );
}
