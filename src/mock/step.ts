import { didYouMean } from "../core/nearest.ts";
import { Problem } from "../core/problem.ts";
import type { Answer } from "./answer.ts";
import type { Act } from "./exchange.ts";
import type { Fault } from "./faults/fault.ts";
import { FAULTS, findFault } from "./faults/index.ts";
import { readParams } from "./params.ts";
import { sendAnswer } from "./stream.ts";

/** A fault with its parameters: `{ fault: "cut-stream", after: 2 }`. */
export interface FaultStep {
  readonly fault: string;
  readonly [param: string]: string | number;
}

/**
 * What one request gets: `ok`; a fault by name, with parameters after a colon (`429:retry-after=2`) or in an object; an
 * answer, which says only what differs from the server's; or, from code, anything.
 */
export type Step = string | FaultStep | Answer | Act;

/** A step ready to be carried out. */
export interface PreparedStep {
  /** For logs: `ok`, the fault's name, or `custom`. */
  readonly label: string;
  readonly answer: Answer;
  readonly act: Act;
  readonly onConnection?: NonNullable<Fault["onConnection"]>;
  readonly beforeBody: boolean;
}

/** Makes a step ready. Throws `Problem` for an unknown fault or parameter. */
export function prepareStep(step: Step, answer: Answer): PreparedStep {
  if (typeof step === "function") return { label: "custom", answer, act: step, beforeBody: false };
  if (typeof step === "string") return step === "ok" ? good(answer) : prepareFault(parseStep(step), answer);
  return isFaultStep(step) ? prepareFault(step, answer) : good({ ...answer, ...step });
}

/** Reads `name` or `name:param=value,param=value`. */
function parseStep(text: string): FaultStep {
  const [, fault = "", rest] = /^([^:]*)(?::(.*))?$/s.exec(text) ?? [];
  const params = (rest ?? "").split(",").filter((part) => part !== "");
  const entries = params.map((part): [string, string] => {
    const at = part.indexOf("=");
    if (at > 0) return [part.slice(0, at).trim(), part.slice(at + 1).trim()];
    throw new Problem(
      "usage",
      "bad_fault_parameter",
      `fault ${fault}: ${JSON.stringify(part)} is no parameter`,
      "write parameters as 429:retry-after=2,message=Slow down",
    );
  });
  return { ...Object.fromEntries(entries), fault: fault.trim() };
}

function prepareFault({ fault: name, ...given }: FaultStep, answer: Answer): PreparedStep {
  const fault = findFault(name);
  if (fault === undefined) {
    throw new Problem(
      "usage",
      "unknown_fault",
      `no fault is called ${JSON.stringify(name)}${didYouMean(name, FAULTS.keys())}`,
      "nexus mock --help lists them all",
    );
  }
  return {
    label: name,
    answer,
    act: readParams(name, given, (asked) => fault.prepare(asked)),
    ...(fault.onConnection && { onConnection: fault.onConnection }),
    beforeBody: fault.beforeBody === true,
  };
}

function good(answer: Answer): PreparedStep {
  return { label: "ok", answer, act: (exchange) => sendAnswer(exchange), beforeBody: false };
}

function isFaultStep(step: FaultStep | Answer): step is FaultStep {
  return "fault" in step;
}

/** Steps handed out one after the other; the last one repeats. */
export interface StepSequence {
  peek(): PreparedStep;
  take(): PreparedStep;
}

/** The steps in order; none at all is `ok` for ever. */
export function sequenceOf(steps: readonly Step[], answer: Answer): StepSequence {
  const prepared = steps.map((step) => prepareStep(step, answer));
  let at = 0;
  const peek = () => prepared[Math.min(at, prepared.length - 1)] ?? good(answer);
  return {
    peek,
    take() {
      const step = peek();
      at++;
      return step;
    },
  };
}
