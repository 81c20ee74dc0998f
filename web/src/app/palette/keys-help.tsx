import { Link } from "@tanstack/react-router";

import { usePreferences } from "../../shared/preferences/store";
import { Dialog } from "../../shared/ui/dialog";
import styles from "./palette.module.css";
import { PAGE_KEYS } from "./shortcuts";

const EVERYWHERE: readonly (readonly [keys: readonly string[], does: string])[] = [
  [["Ctrl", "K"], "Find pages, actions, things, scans, commands (Cmd K on a Mac)"],
  [["?"], "This list"],
  [["/"], "Search, in the inventory"],
  [["Esc"], "Close what stands above the page"],
  [["Tab"], "To the next control; the first is “Skip to content”"],
];

/** Lists the keys. */
export function KeysHelp({ onClose }: { onClose(): void }) {
  const singleKeys = usePreferences((preferences) => preferences.singleKeys);
  return (
    <Dialog title="Keys" onClose={onClose}>
      <div className={styles["help"]}>
        <KeyTable caption="Everywhere" rows={EVERYWHERE} />
        <KeyTable caption="Open a page" rows={Object.entries(PAGE_KEYS).map(([letter, { name }]) => [["g", letter], name] as const)} />
        <p className={styles["dim"]}>
          {singleKeys ? "Keys without Ctrl can be turned off in " : "Keys without Ctrl are turned off in "}
          <Link to="/settings/browser" onClick={onClose}>
            the settings of this browser
          </Link>
          .
        </p>
      </div>
    </Dialog>
  );
}

function KeyTable({ caption, rows }: { caption: string; rows: typeof EVERYWHERE }) {
  return (
    <table>
      <caption>{caption}</caption>
      <tbody>
        {rows.map(([keys, does]) => (
          <tr key={does}>
            <th scope="row">
              {keys.map((key, index) => (
                <span key={key}>
                  {index > 0 ? " " : null}
                  <kbd>{key}</kbd>
                </span>
              ))}
            </th>
            <td>{does}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
