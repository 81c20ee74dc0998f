import { expect, test } from "vitest";

import { validateSignInSearch } from "./search";

test.each([
  ["/scans/x?host=10.1.0.7", { to: "/scans/x?host=10.1.0.7" }],
  ["//elsewhere.example", {}],
  ["/\\elsewhere.example", {}],
  ["https://elsewhere.example", {}],
  [7, {}],
])("after sign-in %j leads to %j", (to, expected) => {
  expect(validateSignInSearch({ to })).toEqual(expected);
});
