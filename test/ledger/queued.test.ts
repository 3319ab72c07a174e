import { expect, test, vi } from "vitest";
import type { RequestRecord } from "../../src/core/request-record.ts";
import { queuedLedger } from "../../src/ledger/queued.ts";
import { anOutcome } from "../cli/support/outcomes.ts";
import { fakeClock, settle } from "../support/fake-clock.ts";

function record(number: number): RequestRecord {
  const outcome = anOutcome({ requestId: `req_${number}` });
  return { at: number, door: "openai-chat", target: { kind: "profile", name: "lb" }, outcome };
}

/** A queue before a file that tells what is written to it, and writes when `free` resolves. */
function setUp(free: Promise<void> = Promise.resolve()) {
  const clock = fakeClock();
  const written: number[][] = [];
  const said: unknown[] = [];
  const appendAll = async (records: readonly RequestRecord[]) => {
    written.push(records.map(({ at }) => at));
    await free;
  };
  let closed = false;
  const file = {
    appendAll,
    append: (one: RequestRecord) => appendAll([one]),
    close: async () => {
      closed = true;
    },
  };
  const deps = { clock, warn: (text: string) => said.push(text), bug: (error: unknown) => said.push(error) };
  return { clock, written, said, queue: queuedLedger(file, deps), file, isClosed: () => closed };
}

/** A promise that waits until it is told. */
function gateOf() {
  let resolve = () => {};
  const promise = new Promise<void>((open) => {
    resolve = open;
  });
  return { promise, resolve: () => resolve() };
}

test("records are written within half a second, all in one go, and none on the way of a request", async () => {
  const { clock, written, queue } = setUp();
  for (const number of [1, 2, 3]) await queue.append(record(number));
  await clock.advance(499);
  expect(written).toEqual([]);
  await clock.advance(1);
  expect(written).toEqual([[1, 2, 3]]);
  expect(clock.pending()).toBe(0);
});

test("so many as one transaction takes are written at once, and what came after them is not", async () => {
  const { clock, written, queue } = setUp();
  for (let number = 1; number <= 260; number += 1) await queue.append(record(number));
  await clock.advance(0);
  expect(written.map(({ length }) => length)).toEqual([250]);
  await clock.advance(499);
  expect(written).toHaveLength(1);
  await clock.advance(1);
  expect(written.map(({ length }) => length)).toEqual([250, 10]);
  expect(clock.pending()).toBe(0);
});

test("what comes while the file is written goes into the next round", async () => {
  const gate = gateOf();
  const { clock, written, queue } = setUp(gate.promise);
  await queue.append(record(1));
  await clock.advance(500);
  await queue.append(record(2));
  await clock.advance(5_000);
  expect(written).toEqual([[1]]);
  gate.resolve();
  await settle();
  await clock.advance(500);
  expect(written).toEqual([[1], [2]]);
});

test("closing writes what waits, after the round that is under way", async () => {
  const gate = gateOf();
  const { clock, written, queue, isClosed } = setUp(gate.promise);
  await queue.append(record(1));
  await clock.advance(500);
  await queue.append(record(2));
  const closing = queue.close();
  await settle();
  expect([written, isClosed()]).toEqual([[[1]], false]);
  gate.resolve();
  await closing;
  expect([written, isClosed(), clock.pending()]).toEqual([[[1], [2]], true, 0]);
});

test("of more than 10,000 that wait the oldest are lost, with one warning, and at the end their number", async () => {
  const { clock, written, said, queue } = setUp();
  for (let number = 1; number <= 10_003; number += 1) await queue.append(record(number));
  await clock.advance(500);
  await vi.waitUntil(() => written.flat().length === 10_000);
  expect(written[0]?.[0]).toBe(4);
  for (let number = 1; number <= 10_001; number += 1) await queue.append(record(number));
  await clock.advance(500);
  await vi.waitUntil(() => written.flat().length === 20_000);
  expect(said).toEqual([expect.stringContaining("3 are not in the history")]);
  await queue.close();
  expect(said.slice(1)).toEqual([expect.stringContaining("4 are not in the history")]);
});

test("a round of many is written in slices, in order, and others have their turn between them", async () => {
  const { clock, written, queue, file } = setUp();
  const { appendAll } = file;
  const slicesBefore: number[] = [];
  file.appendAll = (records) => {
    setImmediate(() => slicesBefore.push(written.length));
    return appendAll(records);
  };
  for (let number = 1; number <= 600; number += 1) await queue.append(record(number));
  await clock.advance(500);
  await queue.close();
  expect(written.map(({ length }) => length)).toEqual([250, 250, 100]);
  expect(written.flat()).toEqual(Array.from({ length: 600 }, (_, index) => index + 1));
  expect(slicesBefore.slice(0, 2)).toEqual([1, 2]);
});

test("a bug while writing ends nothing", async () => {
  const { clock, written, said, queue, file } = setUp();
  const { appendAll } = file;
  file.appendAll = () => Promise.reject(new TypeError("a bug"));
  await queue.append(record(1));
  await clock.advance(500);
  expect(said).toEqual([new TypeError("a bug")]);
  file.appendAll = appendAll;
  await queue.append(record(2));
  await clock.advance(500);
  expect(written).toEqual([[2]]);
});
