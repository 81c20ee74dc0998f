import { describe, expect, test, vi } from "vitest";

import type { Envelope } from "../../api/types";
import type { StreamFilter, StreamHandlers, Subscription } from "../stream/types";
import { at, port } from "../testing";
import { LiveView } from "./live-view";

interface State {
  sequence: string;
  ports: (string | undefined)[];
}

function setup() {
  let handlers: StreamHandlers | undefined;
  const close = vi.fn<() => void>();
  const loads: ((state: State | Error) => void)[] = [];
  const view = new LiveView<State>(
    {
      subscribe: (_: StreamFilter, given: StreamHandlers): Subscription => {
        handlers = given;
        return { close, position: () => undefined };
      },
    },
    {
      filter: {},
      load: () =>
        new Promise((resolve, reject) => {
          loads.push((state) => (state instanceof Error ? reject(state) : resolve(state)));
        }),
      sequence: (state) => state.sequence,
      apply: (state, events) => ({ ...state, ports: [...state.ports, ...events.map((event) => event.sequence ?? undefined)] }),
    },
  );
  const answer = async (state: State | Error): Promise<void> => {
    loads.at(-1)?.(state);
    await Promise.resolve();
    await Promise.resolve();
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { view, loads, answer, close, events: (batch: Envelope[]) => handlers?.events(batch), opened: (sequence: string) => handlers?.opened?.(sequence), gap: () => handlers?.gap?.() };
}

describe("a live view", () => {
  test("holds events that come while the snapshot is read, and drops those it has", async () => {
    const { view, answer, events, opened } = setup();
    view.listen(() => undefined);
    opened(at(3));
    events([port(4), port(5), port(6)]);
    await answer({ sequence: at(5), ports: [] });
    expect(view.get().data?.ports).toEqual([at(6)]);
    events([port(7)]);
    expect(view.get().data?.ports).toEqual([at(6), at(7)]);
  });

  test("reads again when the stream opened behind the snapshot", async () => {
    const { view, loads, answer, opened } = setup();
    view.listen(() => undefined);
    await answer({ sequence: at(5), ports: [] });
    opened(at(9));
    expect(loads).toHaveLength(2);
    await answer({ sequence: at(9), ports: [] });
    expect(loads).toHaveLength(2);
  });

  test("reads anew on a gap, and keeps what it shows meanwhile", async () => {
    const { view, loads, answer, gap } = setup();
    view.listen(() => undefined);
    await answer({ sequence: at(5), ports: [at(1)] });
    gap();
    expect(loads).toHaveLength(2);
    expect(view.get().data?.ports).toEqual([at(1)]);
    await answer({ sequence: at(20), ports: [at(2)] });
    expect(view.get().data?.ports).toEqual([at(2)]);
  });

  test("tells an error beside what it knows, and forgets it when reading works again", async () => {
    const { view, answer, opened } = setup();
    view.listen(() => undefined);
    await answer(new Error("no answer"));
    expect(view.get().error).toEqual(new Error("no answer"));
    opened(at(1));
    await answer({ sequence: at(1), ports: [] });
    expect(view.get().error).toBeUndefined();
  });

  test("ends with its last listener", () => {
    const { view, close } = setup();
    const first = view.listen(() => undefined);
    const second = view.listen(() => undefined);
    first();
    expect(close).not.toHaveBeenCalled();
    second();
    expect(close).toHaveBeenCalledTimes(1);
  });
});
