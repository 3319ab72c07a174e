import { Writable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { gatherErr, writeErr } from "../../src/cli/output/write.ts";
import { fakeApp } from "./support/fake-app.ts";

/** A standard error, and each write that it got. */
function setUp(isTTY = false) {
  const writes: string[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write(text, _encoding, done) {
      writes.push(String(text));
      done();
    },
  });
  const stderr = Object.assign(stream, { isTTY });
  const { app, end } = fakeApp();
  return { writes, stderr, end, stop: gatherErr({ ...app, stderr }) };
}

test("lines of one turn of the event loop are one write, in their order; those of the next another", async () => {
  const { writes, stderr } = setUp();
  for (const line of ["a\n", "b\n", "c\n"]) writeErr(stderr, line);
  expect(writes).toEqual([]);
  await setImmediate();
  writeErr(stderr, "d\n");
  await setImmediate();
  expect(writes).toEqual(["a\nb\nc\n", "d\n"]);
});

test("what waits is written before the process ends", () => {
  const { writes, stderr, end } = setUp();
  writeErr(stderr, "a\n");
  end();
  expect(writes).toEqual(["a\n"]);
});

test("at its end what waits is written, once, and then each line at once", async () => {
  const { writes, stderr, end, stop } = setUp();
  writeErr(stderr, "a\n");
  stop();
  writeErr(stderr, "b\n");
  end();
  await setImmediate();
  expect(writes).toEqual(["a\n", "b\n"]);
});

test("what waits is bounded", () => {
  const { writes, stderr } = setUp();
  const line = `${"x".repeat(1_000)}\n`;
  for (let count = 0; count < 200; count += 1) writeErr(stderr, line);
  expect(writes.length).toBe(3);
  expect(writes.every((text) => text.length < 70_000)).toBe(true);
});

test("on a terminal a line is written at once", () => {
  const { writes, stderr } = setUp(true);
  writeErr(stderr, "a\n");
  expect(writes).toEqual(["a\n"]);
});

test("a reader that went away is no error", async () => {
  const { writes, stderr } = setUp();
  stderr.destroy();
  writeErr(stderr, "a\n");
  await setImmediate();
  expect(writes).toEqual([]);
});
