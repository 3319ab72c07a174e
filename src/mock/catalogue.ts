import { FAULTS } from "./faults/index.ts";
import { STATUS_FAULTS } from "./faults/statuses.ts";
import { describeParams } from "./params.ts";

/** A fault as the help tells it. */
export interface FaultEntry {
  readonly name: string;
  readonly meaning: string;
  /** `after=1`, with the default; `retry-after=…` where there is none. Left out for statuses: `STATUS_PARAMS`. */
  readonly params: readonly string[];
}

/** The parameters every HTTP status takes, in words. */
export const STATUS_PARAMS =
  "retry-after, retry-after-again (a second one), retry-after-ms, retry-after-date (a time from now, sent as an HTTP\ndate; date-form=imf, rfc850 or asctime), retry-delay (in the body), reset-requests, reset-tokens, type, code and message";

/** Every fault by name with its meaning and parameters, `ok` first. */
export function faultCatalogue(): readonly FaultEntry[] {
  const faults = [...FAULTS].map(([name, fault]) => ({
    name,
    meaning: fault.meaning,
    params: name in STATUS_FAULTS ? [] : describeParams((params) => fault.prepare(params)),
  }));
  return [{ name: "ok", meaning: "a good answer", params: [] }, ...faults];
}
