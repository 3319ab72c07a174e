import type { Settings } from "../../src/core/settings.ts";

/** How a breaker stands, as the contract tells it. `until`: undefined as long as nobody has said how long it is open. */
type Machine =
  | { state: "closed"; since: number; failures: number[] }
  | { state: "open"; since: number; failedProbes: number; until: number | undefined }
  | { state: "half-open"; since: number; failedProbes: number };

/**
 * The contract's breaker, written as a plain state machine for each profile that is told everything as it happens, over
 * the permits and the cool-down they share. The product does it otherwise: it keeps facts and replays them.
 */
export function referenceBreaker(profiles: readonly Settings[]) {
  let machines: Machine[] = profiles.map(() => ({ state: "closed", since: 0, failures: [] }));
  let known = false;
  let coolUntil = 0;
  const permits = new Map<string, number>();
  const tick = (now: number) => {
    for (const [index, machine] of machines.entries()) {
      if (machine.state !== "open" || machine.until === undefined || now < machine.until) continue;
      machines[index] = { state: "half-open", since: machine.until, failedProbes: machine.failedProbes };
    }
  };
  const close = (now: number) => {
    machines = machines.map(() => ({ state: "closed", since: now, failures: [] }));
    permits.clear();
    known = false;
  };
  return {
    coolUntil: () => coolUntil,
    machine(profile: number, now: number): Machine | undefined {
      tick(now);
      return machines[profile];
    },
    /** Whether a profile may send now, and whether with a permit, which then is taken. */
    ask(profile: number, now: number, id: string, leaseMs: number): "no" | "yes" | "probe" {
      tick(now);
      if (now < coolUntil) return "no";
      const [settings, machine] = [profiles[profile], machines[profile]];
      if (!settings?.circuit_breaker_enabled || machine?.state === "closed") return "yes";
      const lapsed = [...permits].filter(([, until]) => until <= now).map(([taken]) => taken);
      const taken = permits.size - lapsed.length;
      if (machine?.state === "open" || taken >= settings.circuit_breaker_half_open_requests) return "no";
      for (const id of lapsed) permits.delete(id);
      permits.set(id, now + leaseMs);
      return "probe";
    },
    release: (id: string) => void permits.delete(id),
    renew: (id: string, until: number) => void (permits.has(id) && permits.set(id, until)),
    succeeded(now: number) {
      if (known || permits.size > 0) close(now);
    },
    reset(now: number) {
      close(now);
      coolUntil = 0;
    },
    coolDown(until: number) {
      coolUntil = Math.max(coolUntil, until);
    },
    failed(began: number, now: number) {
      tick(now);
      for (const [index, machine] of machines.entries()) {
        if (began < machine.since) continue;
        const settings = profiles[index];
        if (settings === undefined || machine.state === "open") continue;
        if (machine.state === "half-open") {
          machines[index] = {
            state: "open",
            since: now,
            failedProbes: machine.failedProbes + 1,
            until: undefined,
          };
          continue;
        }
        known = true;
        machine.failures = [...machine.failures, now].filter(
          (at) => now - at < settings.circuit_breaker_failure_window_ms,
        );
        if (machine.failures.length < settings.circuit_breaker_failure_threshold) continue;
        machines[index] = { state: "open", since: now, failedProbes: 0, until: undefined };
      }
    },
    /** Tells how long a breaker that has just opened stays so: jitter is the product's to choose, within its bounds. */
    opened(profile: number, until: number) {
      const machine = machines[profile];
      if (machine?.state === "open") machine.until ??= until;
    },
  };
}
