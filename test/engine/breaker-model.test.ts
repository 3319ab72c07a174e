import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { coolDownOf, countsFor, type Failure } from "../../src/core/failure.ts";
import type { StateStore } from "../../src/core/ports.ts";
import { DEFAULT_SETTINGS, type Settings } from "../../src/core/settings.ts";
import { guardDatabase } from "../../src/database/guard.ts";
import { askLeave, type Leave } from "../../src/engine/facts-book.ts";
import { claim, reset, type View, view } from "../../src/resilience/breaker.ts";
import { factKey } from "../../src/resilience/fact-keys.ts";
import { readFacts } from "../../src/resilience/facts.ts";
import { expandModel } from "../../src/routing/expand.ts";
import type { Candidate } from "../../src/routing/plan.ts";
import { localStore, STATE_MIGRATIONS } from "../../src/state/local.ts";
import { memoryStore } from "../../src/state/memory.ts";
import { referenceBreaker } from "../support/reference-breaker.ts";
import { backend } from "../support/run-engine.ts";

const T0 = 1_790_000_000_000;
const LEASE_MARGIN_MS = 5_000;

/** Where facts are kept, under clocks that the test moves. `restart`: as another process finds them. */
interface Place {
  readonly store: () => StateStore;
  readonly restart: () => Promise<void>;
  readonly end: () => Promise<void>;
}

interface Clocks {
  /** Milliseconds since the machine started. */
  uptime: number;
  /** How far the clock on the wall is off. */
  wallOff: number;
}

const PLACES: Readonly<Record<string, { runs: number; open: (clocks: Clocks) => Promise<Place> }>> = {
  memory: {
    runs: 250,
    async open(clocks) {
      const store = memoryStore({ now: () => T0 + clocks.uptime });
      return { store: () => store, restart: async () => {}, end: async () => {} };
    },
  },
  "state.db": {
    runs: 50,
    async open(clocks) {
      const directory = await mkdtemp(join(tmpdir(), "nexus-breaker-"));
      const open = () =>
        localStore(
          guardDatabase(
            {
              file: join(directory, "state.db"),
              migrations: STATE_MIGRATIONS,
              durable: false,
              consequence: "",
            },
            {
              warn: (text) => {
                throw new Error(text);
              },
              wallTime: () => new Date(T0),
            },
          ),
          {
            bootId: "boot",
            uptimeMs: () => clocks.uptime,
            wallMs: () => T0 + clocks.uptime + clocks.wallOff,
          },
        );
      let store = open();
      // Shared time is agreed on before any clock jumps.
      await store.read([]);
      return {
        store: () => store,
        async restart() {
          await store.close();
          store = open();
        },
        async end() {
          await store.close();
          await rm(directory, { recursive: true });
        },
      };
    },
  },
};

const settings = fc.record({
  circuit_breaker_enabled: fc.constantFrom(true, true, true, false),
  circuit_breaker_failure_threshold: fc.integer({ min: 1, max: 4 }),
  circuit_breaker_failure_window_ms: fc.constantFrom(40, 3_000, 400_000),
  circuit_breaker_recovery_timeout_ms: fc.constantFrom(0, 100, 60_000),
  circuit_breaker_half_open_requests: fc.integer({ min: 1, max: 3 }),
  circuit_breaker_backoff: fc.constantFrom("none" as const, "exponential" as const),
  circuit_breaker_max_recovery_timeout_ms: fc.constantFrom(150, 100_000, 3_600_000),
});

const FAILURES: readonly Failure[] = [
  { class: "server", message: "counts against the model" },
  { class: "overloaded", message: "counts, and states a wait", retryAfterMs: 3_000 },
  { class: "rate_limited", message: "states a wait", retryAfterMs: 20_000 },
  { class: "rate_limited", message: "states a short wait", retryAfterMs: 10 },
  { class: "auth", message: "counts against the key" },
  { class: "invalid", message: "counts against nobody" },
];

const BACKEND = backend("b");
const MODEL = factKey({ kind: "model", backend: "b", model: "m" });
const KEY = factKey({ kind: "key", backend: "b", fingerprint: "f" });
const SECRET = { reveal: () => "sk", fingerprint: "f" };

const nth = fc.nat({ max: 30 });
const start = fc.record({
  does: fc.constant("start" as const),
  who: nth,
  longestMs: fc.constantFrom(1, 30_000),
});
const fail = (how: fc.Arbitrary<Failure>) =>
  fc.record({ does: fc.constant("fail" as const), which: nth, how });
const end = fc.record({ does: fc.constantFrom("succeed", "withdraw", "abandon", "flow"), which: nth });
const wait = fc.record({
  does: fc.constant("wait" as const),
  ms: fc.constantFrom(1, 40, 99, 3_000, 59_999, 130_000),
});
const waitFor = fc.record({
  does: fc.constant("wait for" as const),
  what: fc.constantFrom("breaker" as const, "cool-down" as const, "permit" as const),
  who: nth,
  offBy: fc.constantFrom(-1, 0, 1),
});
const jump = fc.record({
  does: fc.constant("jump" as const),
  ms: fc.integer({ min: -86_400_000, max: 86_400_000 }),
});
const other = fc.record({ does: fc.constantFrom("restart", "reset") });
const step = fc.oneof(
  { weight: 6, arbitrary: start },
  { weight: 4, arbitrary: fail(fc.constant({ class: "server", message: "" })) },
  { weight: 3, arbitrary: fail(fc.constantFrom(...FAILURES)) },
  { weight: 3, arbitrary: end },
  { weight: 2, arbitrary: wait },
  { weight: 4, arbitrary: waitFor },
  { weight: 1, arbitrary: jump },
  { weight: 1, arbitrary: other },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

describe.each(Object.entries(PLACES))("the breaker over %s", (_, { runs, open }) => {
  test("A002-02 A002-04 A002-05 A002-06 A002-07 A002-08 A002-09 A003-25 U95 agrees with the contract's state machine, whatever happens in whatever order", {
    timeout: 60_000,
  }, async () => {
    const profiles = fc.array(settings, { minLength: 1, maxLength: 3 });
    const steps = fc.array(step, { maxLength: 120, size: "max" });
    await fc.assert(
      fc.asyncProperty(profiles, fc.boolean(), steps, async (numbers, keyed, sequence) => {
        const clocks: Clocks = { uptime: 0, wallOff: 0 };
        const place = await open(clocks);
        const both = compare(
          numbers.map((own) => ({ ...DEFAULT_SETTINGS, ...own })),
          keyed,
          clocks,
          place,
        );
        try {
          for (const one of sequence) {
            await both.take(one);
            await both.agree();
          }
        } finally {
          await place.end();
        }
      }),
      { numRuns: runs },
    );
  });
});

/** The product and the reference, taking the same steps. */
function compare(profiles: readonly Settings[], keyed: boolean, clocks: Clocks, place: Place) {
  const subjects = (keyed ? [MODEL, KEY] : [MODEL]).map((name) => ({
    name,
    book: referenceBreaker(profiles),
  }));
  const books = subjects.map(({ book }) => book);
  const underWay: { id: string; leave: Leave; began: number; heldUntil: number }[] = [];
  const now = () => T0 + clocks.uptime;
  const clock = { now, after: () => () => {} };
  const state: StateStore = {
    read: (keys) => place.store().read(keys),
    update: (key, fn) => place.store().update(key, fn),
    close: async () => {},
  };
  const facts = async () => (await state.read({ prefix: "" })).entries;
  let count = 0;

  const begin = async (who: number, longestMs: number) => {
    const id = `attempt ${count++}`;
    const leave = await askLeave(
      {
        candidate: candidateWith(at(profiles, who)),
        key: keyed ? SECRET : undefined,
        attemptId: id,
        longestMs,
      },
      { state, clock },
    );
    const leaseMs = longestMs + LEASE_MARGIN_MS;
    const said = books.map((book) => book.ask(who % profiles.length, now(), id, leaseMs));
    expect(leave.granted).toBe(!said.includes("no"));
    if (leave.granted) underWay.push({ id, leave, began: now(), heldUntil: now() + leaseMs });
    else for (const book of books) book.release(id);
    if (leave.granted || keyed) return;
    // Whoever comes back at the time that was told is let in, unless something else happened.
    const known = readFacts((await facts()).get(MODEL));
    const again = claim(known, at(profiles, who), { now: leave.until, id, leaseMs });
    if (!again.granted) expect(again.until).toBeGreaterThan(leave.until);
    if (known.permits.length === 0 && leave.why === "circuit open") expect(again.granted).toBe(true);
  };

  const failed = async (which: number, failure: Failure) => {
    const [done] = underWay.splice(which % underWay.length, 1);
    if (done === undefined) return;
    await done.leave.failed(failure);
    for (const { name, book } of subjects) {
      book.release(done.id);
      if (countsFor(failure) === (name === MODEL ? "model" : "key")) book.failed(done.began, now());
      const coolMs = coolDownOf(failure);
      if (name === MODEL && coolMs > 0) book.coolDown(now() + coolMs);
    }
  };

  const ended = async (which: number, how: string) => {
    const chosen = underWay[which % underWay.length];
    if (chosen === undefined) return;
    if (how === "flow") {
      const silenceMs = BACKEND.timeouts.idleMs + LEASE_MARGIN_MS;
      await chosen.leave.flows();
      if (chosen.heldUntil - now() > silenceMs) return;
      chosen.heldUntil = now() + 2 * silenceMs;
      for (const book of books) book.renew(chosen.id, chosen.heldUntil);
      return;
    }
    underWay.splice(underWay.indexOf(chosen), 1);
    if (how === "succeed") await chosen.leave.succeeded();
    if (how === "withdraw") await chosen.leave.withdrawn();
    for (const book of books) {
      if (how === "succeed") book.succeeded(now());
      if (how === "withdraw") book.release(chosen.id);
    }
  };

  return {
    async take(one: Step): Promise<void> {
      switch (one.does) {
        case "start":
          return begin(one.who, one.longestMs);
        case "fail":
          return failed(one.which, one.how);
        case "wait":
          clocks.uptime += one.ms;
          return;
        case "wait for": {
          const known = readFacts((await facts()).get(MODEL));
          const seen = view(known, at(profiles, one.who), now());
          const times = {
            breaker: seen.state === "closed" ? [] : [seen.until],
            "cool-down": [known.coolUntil],
            permit: known.permits.map(({ until }) => until),
          };
          const then = Math.max(...times[one.what].slice(-1)) - T0 + one.offBy;
          clocks.uptime = Math.max(clocks.uptime, Math.floor(then));
          return;
        }
        case "jump":
          clocks.wallOff += one.ms;
          return;
        case "restart":
          return place.restart();
        case "reset":
          for (const { name, book } of subjects) {
            await state.update(name, (stored, at) => reset(readFacts(stored), at));
            book.reset(now());
          }
          return;
        default:
          return ended(one.which, one.does);
      }
    },

    async agree(): Promise<void> {
      const known = await facts();
      const before = JSON.stringify([...known]);
      for (const { name, book } of subjects) {
        const ours = readFacts(known.get(name));
        expect(ours.coolUntil).toBe(book.coolUntil());
        for (const [who, own] of profiles.entries()) {
          const seen = view(ours, own, now());
          const machine = book.machine(who, now());
          if (machine?.state === "open" && machine.until === undefined) {
            const [least, most] = boundsOf(own, machine.failedProbes);
            const until = openUntil(seen);
            expect(until - machine.since).toBeGreaterThanOrEqual(least);
            expect(until - machine.since).toBeLessThanOrEqual(most);
            book.opened(who, until);
          }
          expect(seen.state).toBe(book.machine(who, now())?.state);
        }
      }
      expect(JSON.stringify([...(await facts())])).toBe(before);
    },
  };
}

/** How long a breaker may stay open: exactly so long, or up to a tenth more. */
function boundsOf(own: Settings, failedProbes: number): readonly [number, number] {
  const base = own.circuit_breaker_recovery_timeout_ms;
  if (own.circuit_breaker_backoff === "none") return [base, base];
  const longest = own.circuit_breaker_max_recovery_timeout_ms;
  return [Math.min(base * 2 ** failedProbes, longest), Math.min(1.1 * base * 2 ** failedProbes, longest)];
}

/** Until when the last opening lasts, or lasted. */
function openUntil(seen: View): number {
  if (seen.state === "closed") throw new Error("expected it to have opened");
  return seen.state === "open" ? seen.until : seen.since;
}

function candidateWith(own: Settings): Candidate {
  const [made] = expandModel("m", [{ backend: BACKEND }], {
    settings: own,
    requestParams: {},
    takesTurns: false,
  });
  if (made?.kind !== "candidate") throw new Error("one backend makes one candidate");
  return made;
}

function at(profiles: readonly Settings[], who: number): Settings {
  const found = profiles[who % profiles.length];
  if (found === undefined) throw new Error("there is at least one profile");
  return found;
}
