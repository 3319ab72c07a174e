import { formatDuration } from "../../core/duration.ts";
import type { StateStore } from "../../core/ports.ts";
import { reset } from "../../resilience/breaker.ts";
import type { Subject } from "../../resilience/fact-keys.ts";
import { type Facts, readFacts } from "../../resilience/facts.ts";
import type { CommandContext } from "../app.ts";
import { note } from "../output/print.ts";
import { tellReset } from "../running-server.ts";
import { nameOf, readKnown } from "./known.ts";
import { openShared } from "./open.ts";

/** Something that was held against a subject and is no more. */
export interface Cleared {
  readonly subject: Subject;
  readonly failures: number;
  readonly permits: number;
  /** Milliseconds of cool-down that were left. */
  readonly coolMs: number;
}

/** Clears everything known of the subjects that match, and returns what was held against them. */
export async function clearFacts(
  state: StateStore,
  matches: (subject: Subject) => boolean,
): Promise<readonly Cleared[]> {
  const { now, known } = await readKnown(state);
  const ours = known.filter(({ subject }) => matches(subject));
  // Also where nothing is held: a failure of an attempt that is under way must not count any more.
  for (const { key } of ours) await state.update(key, (stored, at) => reset(readFacts(stored), at));
  return ours.flatMap(({ subject, facts }) => {
    const held = heldBy(facts, now);
    return held.failures + held.permits + held.coolMs > 0 ? [{ subject, ...held }] : [];
  });
}

function heldBy({ failures, permits, coolUntil }: Facts, now: number): Omit<Cleared, "subject"> {
  return {
    failures: failures.length,
    permits: permits.filter(({ until }) => until > now).length,
    coolMs: Math.max(0, coolUntil - now),
  };
}

/** What was cleared, for people: `m@box: 3 failures, 20 s of cool-down`. */
export function clearedText({ subject, failures, permits, coolMs }: Cleared): string {
  const held = [
    ...(failures > 0 ? [`${failures} ${failures === 1 ? "failure" : "failures"}`] : []),
    ...(permits > 0 ? [`${permits} ${permits === 1 ? "probe" : "probes"} under way`] : []),
    ...(coolMs > 0 ? [`${formatDuration(coolMs)} of cool-down`] : []),
  ];
  return `${nameOf(subject)}: ${held.join(", ")}`;
}

/** A changed backend or key begins anew: forgets what is known of these backends, with a note if that was something. */
export async function forgetBackends(
  context: CommandContext,
  stateDir: string,
  backends: readonly string[],
): Promise<void> {
  const { state } = openShared(context, stateDir);
  try {
    const cleared = await clearFacts(state, ({ backend }) => backends.includes(backend));
    if (cleared.length > 0) note(context, `cleared ${cleared.map(clearedText).join("; ")}`);
    await Promise.all(backends.map((name) => tellReset(context, stateDir, name)));
  } finally {
    await state.close();
  }
}
