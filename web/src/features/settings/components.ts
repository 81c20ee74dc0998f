/** What of others' work the page contains; a test holds it against package.json. */
export const COMPONENTS: readonly { name: string; licence: string }[] = [
  { name: "@mantine/core", licence: "MIT" },
  { name: "@mantine/hooks", licence: "MIT" },
  { name: "@tanstack/react-query", licence: "MIT" },
  { name: "@tanstack/react-router", licence: "MIT" },
  { name: "@tanstack/react-virtual", licence: "MIT" },
  { name: "@xyflow/react", licence: "MIT" },
  { name: "react", licence: "MIT" },
  { name: "react-dom", licence: "MIT" },
  { name: "zustand", licence: "MIT" },
];
