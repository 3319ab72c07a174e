import { describe, expect, test } from "vitest";
import { FailureSignal, malformed } from "../../src/core/failure.ts";
import { stopOn } from "../../src/core/stop.ts";

describe("a stop", () => {
  test("comes when its signal aborts, and is told once", () => {
    const left = new AbortController();
    const stop = stopOn(left.signal);
    const heard: unknown[] = [];
    stop.onStop = (why) => heard.push(why);
    expect(stop.why).toBeUndefined();
    left.abort();
    stop.stop(malformed("too late"));
    expect(heard).toEqual([{ class: "aborted", message: "aborted" }]);
    expect(stop.why).toEqual(heard[0]);
  });

  test("has come already where the signal had aborted, for the reason it gave", () => {
    const failure = malformed("a clock ran out");
    expect(stopOn(AbortSignal.abort(new FailureSignal(failure))).why).toBe(failure);
  });

  test("once released, listens to its signal no more", () => {
    const left = new AbortController();
    const stop = stopOn(left.signal);
    stop.release();
    left.abort();
    expect(stop.why).toBeUndefined();
  });

  test("is not heard by who listens no more", () => {
    const stop = stopOn(new AbortController().signal);
    const heard: unknown[] = [];
    stop.onStop = (why) => heard.push(why);
    stop.onStop = undefined;
    stop.stop(malformed("nobody hears this"));
    expect(heard).toEqual([]);
  });
});
