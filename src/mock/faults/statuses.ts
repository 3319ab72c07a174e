import { type Act, type Exchange, send } from "../exchange.ts";
import type { FaultParams } from "../params.ts";
import { ERROR_ROWS, type ErrorRow, errorBody } from "./error-rows.ts";
import type { Fault } from "./fault.ts";

/** Header sent for each parameter that states a wait. */
const WAIT_HEADERS: readonly (readonly [param: string, header: string])[] = [
  ["retry-after", "retry-after"],
  ["retry-after-ms", "retry-after-ms"],
  ["reset-requests", "x-ratelimit-reset-requests"],
  ["reset-tokens", "x-ratelimit-reset-tokens"],
];

/** One fault for each error answer. */
export const STATUS_FAULTS: Readonly<Record<string, Fault>> = Object.fromEntries(
  Object.entries(ERROR_ROWS).map(([name, row]) => [name, statusFault(row)]),
);

/** A fault for any status from 200 to 999; undefined when the name is no such number. */
export function anyStatus(name: string): Fault | undefined {
  if (!/^[2-9]\d\d$/.test(name)) return undefined;
  const status = Number(name);
  return statusFault({ status, type: "error", message: `Status ${status}` });
}

function statusFault(row: ErrorRow): Fault {
  return {
    meaning: `status ${row.status}: ${firstSentence(row.message).replace("{model}", "…")}`,
    prepare(params): Act {
      const code = params.optional("code") ?? row.code;
      const retryDelay = params.optional("retry-delay");
      const told: ErrorRow = {
        status: row.status,
        type: params.text("type", row.type),
        message: params.text("message", row.message),
        ...(code !== undefined && { code }),
        ...(retryDelay !== undefined && { retryDelay }),
      };
      const headersFor = waits(params);
      return (exchange) => send(exchange, row.status, errorBody(exchange, told), headersFor(exchange));
    },
  };
}

function firstSentence(text: string): string {
  return text.replace(/(?<=\w)\. .*$/, ".");
}

/** The headers that state a wait, in every form providers use. */
function waits(
  params: FaultParams,
): (exchange: Exchange) => Readonly<Record<string, string | readonly string[]>> {
  const stated = WAIT_HEADERS.flatMap(([param, header]) => {
    const value = params.optional(param);
    return value === undefined ? [] : [[header, value] as const];
  });
  const again = params.optional("retry-after-again");
  const dateInMs = params.optionalMs("retry-after-date");
  const write = DATE_FORMS[params.text("date-form", "imf")] ?? imfDate;
  return ({ clock }) => ({
    ...Object.fromEntries(stated),
    ...(again !== undefined && { "retry-after": [params.text("retry-after", ""), again] }),
    ...(dateInMs !== undefined && { "retry-after": write(new Date(clock.now() + dateInMs)) }),
  });
}

/** The three forms of a date in HTTP: https://www.rfc-editor.org/rfc/rfc9110#name-date-time-formats */
const DATE_FORMS: Readonly<Record<string, (date: Date) => string>> = {
  imf: imfDate,
  rfc850(date) {
    const [, day = "", month = "", year = "", time = ""] = imfDate(date).split(" ");
    const weekday = date.toLocaleDateString("en-US", { weekday: "long", timeZone: "UTC" });
    return `${weekday}, ${day}-${month}-${year.slice(2)} ${time} GMT`;
  },
  asctime(date) {
    const [weekday = "", , month = "", year = "", time = ""] = imfDate(date).split(" ");
    return `${weekday.slice(0, 3)} ${month} ${String(date.getUTCDate()).padStart(2)} ${time} ${year}`;
  },
};

/** `Sun, 06 Nov 1994 08:49:37 GMT` */
function imfDate(date: Date): string {
  return date.toUTCString();
}
