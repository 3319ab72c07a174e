import { Writable } from "node:stream";
import { expect, test } from "vitest";
import { gatherErr, writeErr } from "../../src/cli/output/write.ts";
import { fakeClock } from "../support/fake-clock.ts";
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
  const clock = fakeClock();
  const { app, end } = fakeApp({ clock });
  return { writes, stderr, clock, end, stop: gatherErr({ ...app, stderr }) };
}

test("lines of 20 milliseconds are one write, in their order; those that come later another", async () => {
  const { writes, stderr, clock } = setUp();
  for (const line of ["a\n", "b\n"]) writeErr(stderr, line);
  await clock.advance(19);
  writeErr(stderr, "c\n");
  expect(writes).toEqual([]);
  await clock.advance(1);
  writeErr(stderr, "d\n");
  await clock.advance(20);
  expect(writes).toEqual(["a\nb\nc\n", "d\n"]);
  expect(clock.pending()).toBe(0);
});

test("a line is made when it is written", async () => {
  const { writes, stderr, clock } = setUp();
  let text = "too early\n";
  writeErr(stderr, () => text);
  text = "in time\n";
  await clock.advance(20);
  expect(writes).toEqual(["in time\n"]);
});

test("what waits is written before the process ends", () => {
  const { writes, stderr, end } = setUp();
  writeErr(stderr, "a\n");
  end();
  expect(writes).toEqual(["a\n"]);
});

test("at its end what waits is written, once, and then each line at once", async () => {
  const { writes, stderr, clock, end, stop } = setUp();
  writeErr(stderr, "a\n");
  stop();
  writeErr(stderr, "b\n");
  end();
  await clock.advance(20);
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
  const { writes, stderr, clock } = setUp();
  stderr.destroy();
  writeErr(stderr, "a\n");
  await clock.advance(20);
  expect(writes).toEqual([]);
});
