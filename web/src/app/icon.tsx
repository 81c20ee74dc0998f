import type { ReactNode } from "react";

const DRAWINGS: Record<"groma" | "overview" | "scans" | "inventory" | "executions" | "events" | "settings" | "find", ReactNode> = {
  groma: (
    <>
      <path d="M2 5h12M8 2v12.5" strokeWidth="1.5" />
      <path d="M3 5v4M13 5v4" strokeWidth="1" />
      <circle cx="3" cy="10.4" r="1.2" fill="currentColor" stroke="none" />
      <circle cx="13" cy="10.4" r="1.2" fill="currentColor" stroke="none" />
    </>
  ),
  overview: <path d="M2.5 2.5h4.5v6H2.5zM9 2.5h4.5v3.5H9zM9 8.5h4.5v5H9zM2.5 11h4.5v2.5H2.5z" />,
  scans: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="M8 8V2.5M8 8l3.8 3.8" />
    </>
  ),
  inventory: <path d="m8 1.8 5.4 3.1v6.2L8 14.2l-5.4-3.1V4.9zM2.8 5 8 8l5.2-3M8 8v6" />,
  executions: <path d="M2 2.8h12v10.4H2zM4.6 6l2.2 2-2.2 2M8.6 10.2h2.8" />,
  settings: <path d="M2.5 4.5h6M12 4.5h1.5M2.5 11.5H4M7.5 11.5h6M10.2 2.7a1.8 1.8 0 1 0 .01 0ZM5.7 9.7a1.8 1.8 0 1 0 .01 0Z" />,
  find: (
    <>
      <circle cx="7" cy="7" r="4.2" />
      <path d="m10.2 10.2 3.3 3.3" />
    </>
  ),
  events: <path d="M2.5 4h2M2.5 8h2M2.5 12h2M6.5 4h7M6.5 8h7M6.5 12h7" />,
};

/** A small drawing beside a word; never instead of one. */
export function Icon({ name }: { name: keyof typeof DRAWINGS }) {
  return (
    <svg viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.3" strokeLinecap="round" aria-hidden="true">
      {DRAWINGS[name]}
    </svg>
  );
}
