import { DEFAULT_SETTINGS, MAX_THRESHOLD, type Settings } from "../core/settings.ts";

/** What a setting may be. */
export type SettingKind =
  | { readonly type: "whole"; readonly min: number; readonly max: number }
  | { readonly type: "flag" }
  | { readonly type: "choice"; readonly values: readonly string[] }
  | { readonly type: "statuses"; readonly min: number; readonly max: number };

/** One setting of a load balancer: what it is called, may be, and means. */
export interface SettingRow {
  readonly name: keyof Settings;
  readonly kind: SettingKind;
  /** The default in words, where `core/settings.ts` states none. */
  readonly defaultText?: string;
  /** Highest number that has an effect; more counts as this. */
  readonly cap?: number;
  readonly meaning: string;
}

const DAY_MS = 86_400_000;

/** Every setting, in the order of the reference. Help, docs, completion and validation are made from this table. */
export const SETTINGS: readonly SettingRow[] = [
  {
    name: "failover_retry_count",
    kind: whole(0),
    cap: 100,
    meaning: "attempts per member before moving on; 0 means 1, more than 100 means 100",
  },
  {
    name: "failover_retry_delay_ms",
    kind: whole(0, DAY_MS),
    meaning: "wait before another attempt on the same member; moving on never waits",
  },
  {
    name: "failover_on_network_errors",
    kind: { type: "flag" },
    meaning: "false stops failover when a member cannot be reached",
  },
  {
    name: "failover_status_codes",
    kind: { type: "statuses", min: 400, max: 599 },
    defaultText: "by kind of failure",
    meaning: "exactly these HTTP statuses move on to the next member, others stop",
  },
  {
    name: "timeout_ms",
    kind: whole(1, DAY_MS),
    defaultText: "the backend's",
    meaning: "longest wait for a member's first content, or whole unstreamed answer",
  },
  {
    name: "total_timeout_ms",
    kind: whole(1, DAY_MS),
    meaning: "longest wait for the whole chain until an answer begins",
  },
  {
    name: "rate_limit_wait_ms",
    kind: whole(0, DAY_MS),
    defaultText: "10000 from the command line, 0 from a server",
    meaning: "longest wait for the first member to come back when every one is rate limited",
  },
  {
    name: "failover_sticky",
    kind: { type: "flag" },
    meaning: "true keeps starting at the member that answered last",
  },
  {
    name: "failover_sticky_ttl_ms",
    kind: whole(0, DAY_MS),
    meaning: "how long a sticky start lasts",
  },
  {
    name: "circuit_breaker_enabled",
    kind: { type: "flag" },
    meaning: "false ignores circuit breakers",
  },
  {
    name: "circuit_breaker_failure_threshold",
    kind: whole(1, MAX_THRESHOLD),
    meaning: "failures inside the window that open the breaker",
  },
  {
    name: "circuit_breaker_failure_window_ms",
    kind: whole(1, DAY_MS),
    meaning: "older failures are forgotten",
  },
  {
    name: "circuit_breaker_recovery_timeout_ms",
    kind: whole(0, DAY_MS),
    meaning: "how long an open breaker keeps a member out before it is probed",
  },
  {
    name: "circuit_breaker_half_open_requests",
    kind: whole(1, 100),
    meaning: "requests let through as probes of a half-open breaker",
  },
  {
    name: "circuit_breaker_backoff",
    kind: { type: "choice", values: ["none", "exponential"] },
    meaning: "exponential doubles the recovery time with each failed probe",
  },
  {
    name: "circuit_breaker_max_recovery_timeout_ms",
    kind: whole(1, 7 * DAY_MS),
    meaning: "longest recovery time of the exponential backoff",
  },
];

/** The row of a setting, if there is one of that name. */
export function settingRow(name: string): SettingRow | undefined {
  return SETTINGS.find((row) => row.name === name);
}

/** Names of all settings. */
export const SETTING_NAMES: readonly string[] = SETTINGS.map(({ name }) => name);

/** A setting's default, for people. */
export function defaultText(row: SettingRow): string {
  return row.defaultText ?? String(DEFAULT_SETTINGS[row.name]);
}

/** What a setting may be, for people: `a whole number from 0 to 100`. */
export function allowedText({ kind }: SettingRow): string {
  switch (kind.type) {
    case "whole":
      return kind.max === Number.MAX_SAFE_INTEGER
        ? `a whole number from ${kind.min}`
        : `a whole number from ${kind.min} to ${kind.max}`;
    case "flag":
      return "true or false";
    case "choice":
      return kind.values.map((value) => `"${value}"`).join(" or ");
    case "statuses":
      return `a list of HTTP statuses from ${kind.min} to ${kind.max}`;
  }
}

function whole(min: number, max = Number.MAX_SAFE_INTEGER): SettingKind {
  return { type: "whole", min, max };
}
