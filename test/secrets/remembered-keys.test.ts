import { expect, test } from "vitest";
import { rememberKeys } from "../../src/secrets/remembered-keys.ts";
import { fakeClock } from "../support/fake-clock.ts";
import { backend } from "../support/run-engine.ts";

function setUp() {
  const clock = fakeClock();
  const asked: string[] = [];
  const find = rememberKeys(async ({ name, url }) => {
    asked.push(`${name} at ${url}`);
    return { reveal: () => `key ${asked.length}`, fingerprint: "f" };
  }, clock);
  return { clock, asked, find };
}

test("a key is looked for once a second", async () => {
  const { clock, asked, find } = setUp();
  const box = backend("box");
  expect((await find(box))?.reveal()).toBe("key 1");
  await clock.advance(999);
  expect((await find(box))?.reveal()).toBe("key 1");
  await clock.advance(1);
  expect((await find(box))?.reveal()).toBe("key 2");
  expect(asked).toHaveLength(2);
});

test("a backend that moved gets no key that was found for its old address", async () => {
  const { asked, find } = setUp();
  await find(backend("box"));
  await find(backend("box", { url: "http://127.0.0.1:2/v1" }));
  expect(asked).toEqual(["box at http://127.0.0.1:1/v1", "box at http://127.0.0.1:2/v1"]);
});
