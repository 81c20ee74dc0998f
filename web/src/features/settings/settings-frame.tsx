import { Link, Outlet } from "@tanstack/react-router";

import { useUnseenErrors } from "../../shared/errors/unseen";
import styles from "./settings.module.css";

const SECTIONS = [
  { to: "/settings/tokens", name: "Tokens" },
  { to: "/settings/webhooks", name: "Webhooks" },
  { to: "/settings/keys", name: "Keys" },
  { to: "/settings/backups", name: "Backups" },
  { to: "/settings/retention", name: "Retention" },
  { to: "/settings/search", name: "Search model" },
  { to: "/settings/statistics", name: "Event statistics" },
  { to: "/settings/errors", name: "Error log" },
  { to: "/settings/browser", name: "This browser" },
  { to: "/settings/about", name: "About" },
] as const;

/** The sections beside each other; each is a page of its own. */
export function SettingsFrame() {
  const unseen = useUnseenErrors((errors) => errors.count);
  return (
    <div className={styles["columns"]}>
      <nav aria-label="Settings" className={styles["sections"]}>
        <ul>
          {SECTIONS.map(({ to, name }) => (
            <li key={to}>
              <Link to={to} className={styles["section"]}>
                {name}
                {to === "/settings/errors" && unseen > 0 ? ` (${unseen} new)` : null}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <div>
        <Outlet />
      </div>
    </div>
  );
}
