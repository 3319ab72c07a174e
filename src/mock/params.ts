import { parseDuration } from "../core/duration.ts";
import { didYouMean } from "../core/nearest.ts";
import { Problem } from "../core/problem.ts";

/** Reads the parameters of one fault; what it is asked for is what the fault accepts. */
export interface FaultParams {
  /** A whole number from 0. */
  count(name: string, fallback: number): number;
  text(name: string, fallback: string): string;
  /** A text that may be absent. */
  optional(name: string): string | undefined;
  /** A duration in milliseconds; a bare number counts milliseconds. */
  ms(name: string, fallback: number): number;
  /** A duration that may be absent. */
  optionalMs(name: string): number | undefined;
}

/** Parameters as written: `{ after: 2 }`, or `after=2` on the command line. */
export type GivenParams = Readonly<Record<string, string | number>>;

/** Lets a fault read its parameters, and refuses what it did not ask for. */
export function readParams<T>(fault: string, given: GivenParams, read: (params: FaultParams) => T): T {
  const asked: string[] = [];
  const value = (name: string) => {
    asked.push(name);
    return Object.hasOwn(given, name) ? String(given[name]) : undefined;
  };
  const duration = (name: string) => {
    const text = value(name);
    if (text === undefined) return undefined;
    const ms = parseDuration(text, "ms");
    if (ms === undefined) throw bad(fault, name, text, "a duration such as 250ms or 2s");
    return ms;
  };
  const result = read({
    text: (name, fallback) => value(name) ?? fallback,
    optional: value,
    count(name, fallback) {
      const text = value(name);
      if (text === undefined) return fallback;
      if (/^\d{1,15}$/.test(text)) return Number(text);
      throw bad(fault, name, text, "a whole number");
    },
    ms: (name, fallback) => duration(name) ?? fallback,
    optionalMs: duration,
  });
  const unknown = Object.keys(given).find((name) => !asked.includes(name));
  if (unknown === undefined) return result;
  throw new Problem(
    "usage",
    "unknown_fault_parameter",
    `fault ${fault} has no parameter ${JSON.stringify(unknown)}${didYouMean(unknown, asked)}`,
    asked.length === 0 ? "it takes none" : `it takes ${asked.join(", ")}`,
  );
}

/** The parameters a fault asks for, as one would write them: `after=2`, or `to=…` where there is no default. */
export function describeParams(read: (params: FaultParams) => unknown): readonly string[] {
  const asked: string[] = [];
  const note = <T>(name: string, fallback: T): T => {
    asked.push(`${name}=${fallback ?? "…"}`);
    return fallback;
  };
  const absent = (name: string) => note(name, undefined);
  read({ count: note, text: note, ms: note, optional: absent, optionalMs: absent });
  return asked;
}

function bad(fault: string, name: string, text: string, wanted: string): Problem {
  return new Problem(
    "usage",
    "bad_fault_parameter",
    `fault ${fault}: ${name} must be ${wanted}, not ${JSON.stringify(text)}`,
  );
}
