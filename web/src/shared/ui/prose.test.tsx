// @vitest-environment jsdom
import { cleanup, render } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";

import { Prose } from "./prose";

afterEach(cleanup);

test.each([
  ["run `groma open` here", "run <code>groma open</code> here"],
  ["`a` and `b`", "<code>a</code> and <code>b</code>"],
  ["a lone ` stays", "a lone ` stays"],
  ["<b>no markup</b>", "&lt;b&gt;no markup&lt;/b&gt;"],
])("%j", (text, html) => {
  expect(render(<Prose text={text} />).container.innerHTML).toBe(html);
});
