import { CloseButton } from "@mantine/core";

import type { ScanHost } from "../../api/types";
import { latency } from "../../shared/format/number";
import { Facts } from "../../shared/ui/facts";
import styles from "./detail-page.module.css";

/** One host as the scan saw it. */
export function HostPanel({ host, onClose }: { host: ScanHost; onClose(): void }) {
  return (
    <aside className={styles["host"]} aria-label={`Host ${host.address}`}>
      <div className={styles["hostHead"]}>
        <h3 className="mono">{host.address}</h3>
        <CloseButton aria-label="Close host" onClick={onClose} />
      </div>
      <Facts
        facts={[
          { name: "Name", value: host.hostname ?? "not known" },
          { name: "Answered in", value: host.response_time_ms ? latency(host.response_time_ms) : "not measured" },
        ]}
      />
      {host.ports.length === 0 ? (
        <p className={styles["dim"]}>No open port was found so far.</p>
      ) : (
        <div className={styles["portsScroll"]} tabIndex={0} role="region" aria-label="Ports">
          <table className={styles["ports"]}>
            <thead>
              <tr>
                <th scope="col">Port</th>
                <th scope="col">State</th>
                <th scope="col">Usual service</th>
              </tr>
            </thead>
            <tbody>
              {host.ports.map((port) => (
                <tr key={`${port.protocol}${port.port}`}>
                  <td className="mono">
                    {port.port}/{port.protocol}
                  </td>
                  <td>{port.state.replace("_", " or ")}</td>
                  <td>{port.service ?? "–"}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </aside>
  );
}
