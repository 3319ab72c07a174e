import type { StateStore } from "../../core/ports.ts";
import { FACT_PREFIXES, type Subject, subjectOf } from "../../resilience/fact-keys.ts";
import { type Facts, readFacts } from "../../resilience/facts.ts";

/** Facts about one model of a backend, or one of its keys. */
export interface Known {
  /** The store's key. */
  readonly key: string;
  readonly subject: Subject;
  readonly facts: Facts;
}

/** Everything that is known of backends, and the store's time. */
export async function readKnown(state: StateStore): Promise<{ now: number; known: readonly Known[] }> {
  const read = await Promise.all(FACT_PREFIXES.map((prefix) => state.read({ prefix })));
  const known = read.flatMap(({ entries }) =>
    [...entries].flatMap(([key, stored]) => {
      const subject = subjectOf(key);
      return subject === undefined ? [] : [{ key, subject, facts: readFacts(stored) }];
    }),
  );
  return { now: Math.max(...read.map(({ now }) => now)), known };
}

/** What a subject is called: `llama3.2@ollama`, `key 3f2a91c0 of groq`. Of a key only a piece of its fingerprint. */
export function nameOf(subject: Subject): string {
  return subject.kind === "model"
    ? `${subject.model}@${subject.backend}`
    : `key ${shortened(subject.fingerprint)} of ${subject.backend}`;
}

/** As much of a fingerprint as tells keys apart. */
export function shortened(fingerprint: string): string {
  return fingerprint.slice(0, 8);
}
