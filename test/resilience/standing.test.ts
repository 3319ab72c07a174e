import { expect, test } from "vitest";
import { DEFAULT_SETTINGS } from "../../src/core/settings.ts";
import { claim, coolDown, fail } from "../../src/resilience/breaker.ts";
import { factKey, type Subject, subjectOf } from "../../src/resilience/fact-keys.ts";
import { NO_FACTS } from "../../src/resilience/facts.ts";
import { standingOf } from "../../src/resilience/standing.ts";

const T0 = 1_790_000_000_000;
const failedAt = (...times: readonly number[]) =>
  times.reduce((facts, at) => fail(facts, { began: at, ended: at }), NO_FACTS);

test("A002-11 a standing has the state, what counts, the last failure and the next probe", () => {
  expect(standingOf(NO_FACTS, DEFAULT_SETTINGS, T0)).toEqual({
    state: "closed",
    failures: 0,
    failuresSinceSuccess: 0,
    permitsTaken: 0,
  });
  expect(standingOf(failedAt(T0, T0 + 300_000), DEFAULT_SETTINGS, T0 + 300_000)).toEqual({
    state: "closed",
    failures: 1,
    failuresSinceSuccess: 2,
    lastFailureAt: T0 + 300_000,
    permitsTaken: 0,
  });
  expect(standingOf(failedAt(T0, T0, T0), DEFAULT_SETTINGS, T0 + 1)).toMatchObject({
    state: "open",
    nextProbeAt: T0 + 300_000,
  });
});

test("permits count as long as they are held, and a cool-down until it is over", () => {
  const now = T0 + 300_000;
  const probing = claim(failedAt(T0, T0, T0), DEFAULT_SETTINGS, { now, id: "a", leaseMs: 1_000 }).facts;
  const facts = coolDown(probing, now + 500);
  expect(standingOf(facts, DEFAULT_SETTINGS, now)).toMatchObject({
    state: "half-open",
    permitsTaken: 1,
    nextProbeAt: now + 1_000,
    coolUntil: now + 500,
  });
  const later = standingOf(facts, DEFAULT_SETTINGS, now + 1_000);
  expect(later).toMatchObject({ permitsTaken: 0, nextProbeAt: now + 1_000 });
  expect(later.coolUntil).toBeUndefined();
});

test("a store's key tells what it is about, and other keys are about nothing", () => {
  const subjects: readonly Subject[] = [
    { kind: "model", backend: "a", model: 'odd "model"@:,' },
    { kind: "key", backend: "a", fingerprint: "f" },
  ];
  for (const subject of subjects) expect(subjectOf(factKey(subject))).toEqual(subject);
  for (const key of [
    "clock",
    "turn:lb",
    "facts:",
    "facts:{}",
    'facts:["a"]',
    'key:["a",1]',
    "facts:[",
    "models:a",
  ]) {
    expect(subjectOf(key)).toBeUndefined();
  }
});
