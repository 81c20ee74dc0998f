import { expect, test } from "vitest";

import type { ScanRequest } from "../../api/types";
import { scanCommand } from "./command";

const REQUEST: ScanRequest = { kind: "network", targets: ["10.1.0.0/24"], ports: "1-1024", discovery: true, allow_public: false, force: false };

const cases: [string, Partial<ScanRequest>, string][] = [
  ["plain", {}, "groma scan network 10.1.0.0/24 --ports 1-1024"],
  ["every port", { ports: "-" }, "groma scan network 10.1.0.0/24 --ports -"],
  [
    "everything",
    { exclude: ["10.1.0.1"], discovery: false, concurrency: 64, timeout_ms: 500, retries: 0, max_rate: 100, allow_public: true },
    "groma scan network 10.1.0.0/24 --exclude 10.1.0.1 --ports 1-1024 --no-ping --concurrency 64 --timeout 500ms --retries 0 --max-rate 100 --allow-public",
  ],
  ["what a shell would read otherwise", { targets: ["a b", "it's"] }, String.raw`groma scan network 'a b' 'it'\''s' --ports 1-1024`],
];

test.each(cases)("%s", (_, part, command) => {
  expect(scanCommand({ ...REQUEST, ...part })).toBe(command);
});
