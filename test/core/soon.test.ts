import { describe, expect, test } from "vitest";
import { madeOnce, withSoon } from "../../src/core/soon.ts";

describe("what is made once", () => {
  test("comes to the first who ask, and is here for all others", async () => {
    let times = 0;
    const made = madeOnce(async () => ({ number: ++times }));
    const [first, second] = [made(), made()];
    expect(first).toBeInstanceOf(Promise);
    expect(await second).toBe(await first);
    expect(made()).toEqual({ number: 1 });
  });

  test("rejects for all where it cannot be made", async () => {
    const made = madeOnce(() => Promise.reject(new TypeError("a bug")));
    await expect(made()).rejects.toThrow("a bug");
    await expect(made()).rejects.toThrow("a bug");
  });
});

test("what comes next is done at once with what is here, and later with what comes", async () => {
  expect(withSoon(1, (one) => one + 1)).toBe(2);
  expect(await withSoon(Promise.resolve(1), (one) => one + 1)).toBe(2);
});
