import { keyHint, missingKeyText } from "../backends/missing-key.ts";
import { pause } from "../core/clock.ts";
import { coolDownOf, type Failure, isAbort, RULES } from "../core/failure.ts";
import type { Answering, Attempt, RunEvent } from "../core/outcome.ts";
import type { Soon } from "../core/soon.ts";
import { takeAll } from "../core/take.ts";
import { retryDelay } from "../resilience/backoff.ts";
import type { Held } from "../resilience/breaker.ts";
import type { Candidate } from "../routing/plan.ts";
import { answeringOf } from "./answering.ts";
import { type AttemptResult, attempt, type Passed } from "./attempt.ts";
import type { EngineDeps } from "./engine.ts";
import { askLeave } from "./facts-book.ts";
import { type Arrival, ended, type Journey } from "./journey.ts";
import { withSystem } from "./profile-system.ts";
import { attemptOf, skipOf } from "./record.ts";
import type { Slot } from "./slots.ts";

/** What became of one candidate. `until`: when it may be asked again, where that is known. */
export type Tried =
  | Extract<Arrival, { kind: "answered" | "broke-off" | "aborted" }>
  | { readonly kind: "failed"; readonly failure: Failure; readonly by: Attempt; readonly until?: number }
  | { readonly kind: "skipped"; readonly why: Held | "at capacity"; readonly until?: number };

/** How a candidate is asked. */
export interface How {
  /**
   * Members that still have their turn, this one included: the time left is shared among them. Counted only when
   * something is sent, so that passing over a thousand candidates costs no more than that.
   */
  readonly members: () => Soon<number>;
  readonly waitedMs: number;
  /** Whether it may be asked more than once. */
  readonly again: boolean;
  /** A slot at its backend that was waited for. The first attempt gives it back. */
  readonly slot?: Slot;
}

/** One candidate, as often as its profile says. */
export async function tryCandidate(journey: Journey, candidate: Candidate, how: How): Promise<Tried> {
  const { deps, signal } = journey;
  const { clock, chance } = deps;
  const most = how.again ? Math.max(1, candidate.settings.failover_retry_count) : 1;
  let waitMs = how.waitedMs;
  let slot = how.slot;
  let members: number | undefined;
  let last: Tried | undefined;

  for (let number = 1; ; number++) {
    const leftMs = journey.deadline - clock.now();
    const finding = deps.findKey(candidate.backend);
    const key = finding instanceof Promise ? await finding : finding;
    if (key === undefined && candidate.backend.key.required) {
      const failure = keyMissing(candidate);
      await journey.tell({ type: "warning", message: failure.message });
      const by = attemptOf(candidate, { failure, waitMs, durationMs: 0 });
      await ended(journey, by);
      return failed(failure, by);
    }
    const attemptId = `${journey.requestId}/${journey.attempts.length}`;
    const longestMs = Math.min(leftMs, candidate.backend.timeouts.totalMs);
    const asking = askLeave({ candidate, key, attemptId, longestMs }, deps);
    const leave = asking instanceof Promise ? await asking : asking;
    if (!leave.granted) {
      if (last !== undefined) return last;
      await ended(journey, skipOf(candidate, leave.why, `${leave.why} (skipped)`));
      return { kind: "skipped", why: leave.why, until: leave.until };
    }

    slot ??= deps.slots.take(candidate.backend);
    if (slot === undefined) {
      await leave.withdrawn();
      if (last !== undefined) return last;
      await ended(journey, skipOf(candidate, "at capacity", "at capacity (skipped)"));
      return { kind: "skipped", why: "at capacity", ...freeAt(candidate, deps) };
    }

    const startedAt = clock.now();
    const over = deps.hearAttempt(candidate.backend.name);
    let result: AttemptResult | undefined;
    let committed = false;
    try {
      if (members === undefined) {
        const counting = how.members();
        members = counting instanceof Promise ? await counting : counting;
      }
      const { request, wire } = withSystem(journey, candidate.system);
      const input = { candidate, request, wire, key, shareMs: leftMs / members, leftMs, signal };
      const { label: member, backend, model } = candidate;
      const number = sent(journey) + 1;
      const told = journey.tell({ type: "attempt-start", member, backend: backend.name, model, number });
      if (told !== undefined) await told;
      const pass = (event: Passed) => {
        if (committed) return journey.tell({ type: "chat", event });
        committed = true;
        const answering = answeringOf(journey, candidate);
        journey.answering = answering;
        return takeAll(
          [{ type: "committed", answering }, ...leftOut(candidate, answering), { type: "chat", event }],
          journey.tell,
        );
      };
      result = await attempt(input, deps, (event) => {
        const holding = leave.flows();
        return holding === undefined ? pass(event) : holding.then(() => pass(event));
      });
    } finally {
      slot.release();
      slot = undefined;
      const { failure, firstContentMs: latencyMs } = result ?? { failure: "abandoned" };
      over({ success: failure === undefined, latencyMs });
      // By a bug of ours.
      if (result === undefined) {
        await leave.withdrawn();
        const failure: Failure = { class: "aborted", message: "aborted" };
        const durationMs = clock.now() - startedAt;
        journey.attempts.push(attemptOf(candidate, { failure, waitMs, durationMs }));
      }
    }
    const { failure, firstContentMs, usage } = result;
    const by = attemptOf(candidate, {
      failure,
      firstContentMs,
      usage,
      waitMs,
      durationMs: clock.now() - startedAt,
    });
    if (failure === undefined) {
      const booking = leave.succeeded();
      if (booking !== undefined) await booking;
      const told = ended(journey, by);
      if (told !== undefined) await told;
      return { kind: "answered", candidate, result };
    }
    if (failure.class === "aborted") await leave.withdrawn();
    else await leave.failed(failure);
    await ended(journey, by);
    if (failure.class === "aborted") return { kind: "aborted" };
    if (result.committed) return { kind: "broke-off", by };

    const coolMs = coolDownOf(failure);
    last = failed(failure, by, coolMs > 0 ? clock.now() + coolMs : undefined);
    if (!RULES[failure.class].retrySame || coolMs > 0 || number === most) return last;
    waitMs = retryDelay(candidate.settings.failover_retry_delay_ms, chance);
    // A wait that would use up the time of the others is none.
    if (waitMs >= (journey.deadline - clock.now()) / members) return last;
    if (waitMs > 0) {
      await journey.tell({ type: "waiting", member: candidate.label, ms: waitMs, why: "retry-delay" });
      if (!(await pause(clock, waitMs, signal))) return isAbort(signal) ? { kind: "aborted" } : last;
    }
  }
}

const NOTHING: readonly RunEvent[] = [];

/** What its dialect had no place for; parameters that its type does not know were told with the plan. */
function leftOut({ backend, droppedParams }: Candidate, { dropped }: Answering): readonly RunEvent[] {
  if (dropped.length === 0) return NOTHING;
  const fields = dropped.filter((field) => !droppedParams.includes(field));
  if (fields.length === 0) return [];
  const message = `left out, because backend ${backend.name} (${backend.type}) has no place for it: ${fields.join(", ")}`;
  return [{ type: "warning", message }];
}

/** When a backend at capacity may be free again, as far as its last answers tell. */
function freeAt({ backend }: Candidate, { clock, loadOf }: EngineDeps): { until?: number } {
  const { latencyMs } = loadOf(backend.name);
  return latencyMs > 0 ? { until: clock.now() + latencyMs / (backend.maxConcurrent ?? 1) } : {};
}

function failed(failure: Failure, by: Attempt, until?: number): Tried {
  return { kind: "failed", failure, by, ...(until === undefined ? {} : { until }) };
}

function sent({ attempts }: Journey): number {
  return attempts.filter(({ skipped }) => !skipped).length;
}

function keyMissing({ backend }: Candidate): Failure {
  const message = `${missingKeyText(backend)}; ${keyHint(backend)}`;
  return { class: "auth", message, keyMissing: true };
}
