import type { Take } from "../../src/core/take.ts";

/**
 * What is given, part by part: whoever gives waits until the next part is asked for. Throws what the giving throws. When nobody
 * asks any more, the signal aborts.
 */
export async function* pulled<T>(
  give: (take: Take<T>, signal: AbortSignal) => Promise<unknown>,
): AsyncGenerator<T, void, void> {
  const left = new AbortController();
  const given: { part: T; taken: () => void }[] = [];
  let wake = () => {};
  let over = false;
  const giving = give(
    (part) =>
      new Promise((taken) => {
        given.push({ part, taken });
        wake();
        if (left.signal.aborted) taken();
      }),
    left.signal,
  ).finally(() => {
    over = true;
    wake();
  });
  giving.catch(() => {});
  let current: (typeof given)[number] | undefined;
  try {
    for (;;) {
      current = given.shift();
      if (current !== undefined) {
        yield current.part;
        current.taken();
      } else if (over) {
        return await giving.then(() => {});
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    if (!over) {
      left.abort();
      current?.taken();
      await giving;
    }
  }
}
