/** How a load balancer behaves. The table in `config/settings.ts` has the range and meaning of each. Times in milliseconds. */
export interface Settings {
  readonly failover_retry_count: number;
  readonly failover_retry_delay_ms: number;
  readonly failover_on_network_errors: boolean;
  readonly failover_status_codes?: readonly number[];
  readonly timeout_ms?: number;
  readonly total_timeout_ms: number;
  /** Undefined: the door decides (10 s from the command line, 0 from the server). */
  readonly rate_limit_wait_ms?: number;
  readonly failover_sticky: boolean;
  readonly failover_sticky_ttl_ms: number;
  readonly circuit_breaker_enabled: boolean;
  readonly circuit_breaker_failure_threshold: number;
  readonly circuit_breaker_failure_window_ms: number;
  readonly circuit_breaker_recovery_timeout_ms: number;
  readonly circuit_breaker_half_open_requests: number;
  readonly circuit_breaker_backoff: "none" | "exponential";
  readonly circuit_breaker_max_recovery_timeout_ms: number;
}

/** The highest `circuit_breaker_failure_threshold`: so many failures have to be kept. */
export const MAX_THRESHOLD = 100;

/** What holds where nothing is set. */
export const DEFAULT_SETTINGS: Settings = {
  failover_retry_count: 1,
  failover_retry_delay_ms: 0,
  failover_on_network_errors: true,
  total_timeout_ms: 600_000,
  failover_sticky: false,
  failover_sticky_ttl_ms: 300_000,
  circuit_breaker_enabled: true,
  circuit_breaker_failure_threshold: 3,
  circuit_breaker_failure_window_ms: 300_000,
  circuit_breaker_recovery_timeout_ms: 300_000,
  circuit_breaker_half_open_requests: 1,
  circuit_breaker_backoff: "none",
  circuit_breaker_max_recovery_timeout_ms: 3_600_000,
};
