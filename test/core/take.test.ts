import { expect, test } from "vitest";
import { after, takeAll } from "../../src/core/take.ts";

test("parts that are taken at once cost no wait", () => {
  const taken: number[] = [];
  expect(takeAll([1, 2, 3], (part) => void taken.push(part))).toBeUndefined();
  expect(taken).toEqual([1, 2, 3]);
});

test("the next part is given when the one before is taken", async () => {
  const taken: number[] = [];
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  const taking = takeAll([1, 2, 3], (part) => {
    taken.push(part);
    return part === 2 ? promise : undefined;
  });
  expect(taken).toEqual([1, 2]);
  resolve();
  await taking;
  expect(taken).toEqual([1, 2, 3]);
});

test("what cannot be taken ends the giving", async () => {
  const taken: number[] = [];
  const taking = takeAll([1, 2], (part) => {
    taken.push(part);
    return Promise.reject(new Error("no more"));
  });
  await expect(taking).rejects.toThrow("no more");
  expect(taken).toEqual([1]);
});

test("what comes next is done at once, or when something is over", async () => {
  const done: string[] = [];
  expect(after(undefined, () => void done.push("at once"))).toBeUndefined();
  await after(Promise.resolve(), () => void done.push("later"));
  expect(done).toEqual(["at once", "later"]);
});
