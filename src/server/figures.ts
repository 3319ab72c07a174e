import type { Attempt } from "../core/outcome.ts";
import { answerTokens, promptTokens } from "../core/usage.ts";
import type { EndedRequest } from "./ended.ts";
import { entryOf } from "./entry-of.ts";
import type { Look } from "./look.ts";

/** The counts of one server as JSON. */
export interface Figures {
  /** Counts a request; its outcome has known names only. */
  book(ended: EndedRequest): void;
  /** The body of `GET /v1/stats`. */
  read(look: Look): object;
}

/** Sums over attempts of one backend, model or member. */
interface Sums {
  attempts: number;
  answered: number;
  failed: number;
  skipped: number;
  /** Attempts whose tokens are known, and of them those whose cost is not. */
  metered: number;
  unpriced: number;
  inputTokens: number;
  outputTokens: number;
  estimated: boolean;
  costUsd: number;
  /** Milliseconds, added up over answers. */
  answeredMs: number;
}

const NO_SUMS: Sums = {
  attempts: 0,
  answered: 0,
  failed: 0,
  skipped: 0,
  metered: 0,
  unpriced: 0,
  inputTokens: 0,
  outputTokens: 0,
  estimated: false,
  costUsd: 0,
  answeredMs: 0,
};

/** How requests of one profile ended. */
interface ProfileCounts {
  requests: number;
  answered: number;
  failed: number;
  fallbacks: number;
  lastMember: string | null;
  lastModel: string | null;
  readonly members: Map<string, Sums>;
}

const noSums = (): Sums => ({ ...NO_SUMS });

const noProfileCounts = (): ProfileCounts => ({
  requests: 0,
  answered: 0,
  failed: 0,
  fallbacks: 0,
  lastMember: null,
  lastModel: null,
  members: new Map(),
});

/** Starts to count at `since`, in milliseconds since 1970. */
export function createFigures(since: number): Figures {
  const total = { requests: 0, answered: 0, failed: 0, aborted: 0, refused: 0, ms: 0 };
  const all = noSums();
  const backends = new Map<string, Sums>();
  const models = new Map<string, Sums>();
  const profiles = new Map<string, ProfileCounts>();

  return {
    book({ outcome, bug, durationMs }) {
      total.requests += 1;
      if (outcome === undefined) {
        if (bug === undefined) total.refused += 1;
        else total.failed += 1;
        return;
      }
      const end = endOf(outcome.error?.name);
      total[end] += 1;
      if (end === "answered") total.ms += durationMs;
      const profile =
        outcome.profile === undefined ? undefined : entryOf(profiles, outcome.profile, noProfileCounts);
      for (const attempt of outcome.attempts) {
        add(all, attempt);
        add(sumsOf(backends, attempt.backend || "none"), attempt);
        add(sumsOf(models, attempt.model || "none"), attempt);
        if (profile !== undefined) add(sumsOf(profile.members, attempt.member), attempt);
      }
      if (profile === undefined) return;
      profile.requests += 1;
      if (end === "failed") profile.failed += 1;
      if (end !== "answered") return;
      profile.answered += 1;
      if (outcome.fallbackUsed) profile.fallbacks += 1;
      profile.lastMember = outcome.answeringMember ?? null;
      profile.lastModel = outcome.actualModel ?? null;
    },
    read(look) {
      const now = new Map(look.backends().map(({ name, status, pending }) => [name, { status, pending }]));
      const { requests, answered, failed, aborted, refused, ms } = total;
      return {
        since: new Date(since).toISOString(),
        total: {
          requests,
          answered,
          failed,
          aborted,
          refused,
          mean_latency_ms: mean(ms, answered),
          ...spent(all),
        },
        backends: [...new Set([...now.keys(), ...backends.keys()])].map((backend) => ({
          backend,
          ...(now.get(backend) ?? { status: null, pending: 0 }),
          ...told(backends.get(backend) ?? NO_SUMS),
        })),
        models: [...models].map(([model, sums]) => ({ model, ...told(sums) })),
        profiles: [...profiles].map(([profile, counts]) => ({
          profile,
          requests: counts.requests,
          answered: counts.answered,
          failed: counts.failed,
          fallbacks: counts.fallbacks,
          last_member: counts.lastMember,
          last_model: counts.lastModel,
          members: [...counts.members].map(([member, sums]) => ({ member, ...told(sums) })),
        })),
      };
    },
  };
}

function endOf(error: string | undefined): "answered" | "aborted" | "failed" {
  if (error === undefined) return "answered";
  return error === "Aborted" ? "aborted" : "failed";
}

function sumsOf(map: Map<string, Sums>, key: string): Sums {
  return entryOf(map, key, noSums);
}

function add(sums: Sums, { outcome, skipped, usage, costUsd, durationMs }: Attempt): void {
  if (skipped) {
    sums.skipped += 1;
    return;
  }
  sums.attempts += 1;
  if (outcome === "success") {
    sums.answered += 1;
    sums.answeredMs += durationMs;
  } else if (outcome !== "aborted") sums.failed += 1;
  if (usage === undefined) return;
  sums.metered += 1;
  sums.inputTokens += promptTokens(usage);
  sums.outputTokens += answerTokens(usage);
  sums.estimated ||= usage.estimated;
  if (costUsd === undefined) sums.unpriced += 1;
  else sums.costUsd += costUsd;
}

function told(sums: Sums): object {
  const { answered, failed, skipped, answeredMs } = sums;
  return { ...spent(sums), answered, failed, skipped, mean_latency_ms: mean(answeredMs, answered) };
}

/** What is not known is null, never 0. */
function spent({ attempts, metered, unpriced, inputTokens, outputTokens, estimated, costUsd }: Sums): object {
  return {
    attempts,
    input_tokens: metered === 0 ? null : inputTokens,
    output_tokens: metered === 0 ? null : outputTokens,
    estimated,
    cost_usd: metered === unpriced ? null : costUsd,
    unpriced_attempts: unpriced,
  };
}

function mean(sum: number, count: number): number | null {
  return count === 0 ? null : Math.round(sum / count);
}
