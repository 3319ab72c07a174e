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
      const told: ErrorRow = {
        status: row.status,
        type: params.text("type", row.type),
        message: params.text("message", row.message),
        ...(code !== undefined && { code }),
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
function waits(params: FaultParams): (exchange: Exchange) => Readonly<Record<string, string>> {
  const stated = WAIT_HEADERS.flatMap(([param, header]) => {
    const value = params.optional(param);
    return value === undefined ? [] : [[header, value] as const];
  });
  const dateInMs = params.optionalMs("retry-after-date");
  return ({ clock }) => ({
    ...Object.fromEntries(stated),
    ...(dateInMs !== undefined && { "retry-after": new Date(clock.now() + dateInMs).toUTCString() }),
  });
}
