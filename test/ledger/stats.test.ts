import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { Attempt } from "../../src/core/outcome.ts";
import type { RequestRecord } from "../../src/core/request-record.ts";
import { answerTokens, promptTokens } from "../../src/core/usage.ts";
import { openDatabase } from "../../src/database/open.ts";
import { openHistory, openLedger } from "../../src/ledger/open.ts";
import { HISTORY_MIGRATIONS } from "../../src/ledger/schema.ts";
import type { GroupBy, Stats } from "../../src/ledger/stats.ts";
import type { Tally } from "../../src/ledger/tally.ts";
import { anAttempt, anOutcome, USAGE } from "../cli/support/outcomes.ts";
import { anyRecord, NOW } from "./support.ts";

const GROUPS: readonly GroupBy[] = ["member", "model", "backend", "day"];

/** What a history says that holds these records, some of them written one by one, the others together. */
async function statsOf(
  records: readonly RequestRecord[],
  queries: readonly { by: GroupBy; since: number }[],
  begin: (directory: string) => Promise<void> = async () => {},
): Promise<readonly Stats[]> {
  const directory = await mkdtemp(join(tmpdir(), "nexus-stats-"));
  await begin(directory);
  const half = Math.ceil(records.length / 2);
  const warn = (text: string) => expect.unreachable(text);
  const [ledger, history] = [openLedger(directory, warn), openHistory(directory, warn)];
  try {
    for (const record of records.slice(0, half)) await ledger.append(record);
    await ledger.appendAll(records.slice(half));
    return await Promise.all(queries.map(async ({ by, since }) => history.stats(by, since)));
  } finally {
    await ledger.close();
    await history.close();
    await rm(directory, { recursive: true });
  }
}

/** The same by counting, without a database. */
function recount(records: readonly RequestRecord[], keyOf: (attempt: Attempt, at: number) => string) {
  const groups = new Map<string, Attempt[]>();
  for (const { at, outcome } of records) {
    for (const attempt of outcome.attempts) {
      const key = keyOf(attempt, at);
      groups.set(key, [...(groups.get(key) ?? []), attempt]);
    }
  }
  return new Map([...groups].map(([key, attempts]) => [key, count(attempts)]));
}

function count(attempts: readonly Attempt[]): Omit<Tally, "lastRequest"> {
  const of = (...outcomes: string[]) => attempts.filter(({ outcome }) => outcomes.includes(outcome));
  const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
  const usages = attempts.flatMap(({ usage }) => (usage === undefined ? [] : [usage]));
  const costs = attempts.flatMap(({ costUsd }) => (costUsd === undefined ? [] : [costUsd]));
  const firsts = of("success").flatMap(({ firstContentMs: ms }) => (ms === undefined ? [] : [ms]));
  return {
    answered: of("success").length,
    attempts: attempts.length - of("skipped").length,
    failures: attempts.length - of("skipped", "success", "aborted").length,
    aborted: of("aborted").length,
    skips: of("skipped").length,
    metered: usages.length,
    inputTokens: sum(usages.map(promptTokens)),
    outputTokens: sum(usages.map(answerTokens)),
    estimated: usages.filter(({ estimated }) => estimated).length,
    priced: costs.length,
    costUsd: sum(costs),
    firstContents: firsts.length,
    firstContentMs: sum(firsts),
    durationMs: sum(of("success").map(({ durationMs }) => durationMs)),
  };
}

function dayOf(at: number): string {
  return new Date(at).toLocaleDateString("sv-SE");
}

const KEYS: Readonly<Record<GroupBy, (attempt: Attempt, at: number) => string>> = {
  member: ({ member }) => member,
  model: ({ model }) => model,
  backend: ({ backend }) => backend,
  day: (_attempt, at) => dayOf(at),
};

describe("stats", () => {
  test("A003-33, X-08 agree with a recount of the records, whatever they are grouped by and wherever they begin", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyRecord, { minLength: 1, maxLength: 30 }),
        fc.nat({ max: 4 * 86_400_000 }),
        async (records, ago) => {
          const since = NOW - ago;
          const inTime = records.filter(({ at }) => at >= since);
          const all = await statsOf(
            records,
            GROUPS.map((by) => ({ by, since })),
          );
          for (const [index, by] of GROUPS.entries()) {
            const stats = all[index] ?? expect.unreachable();
            const rows = stats.rows.map(({ key, tally: { lastRequest, ...tally } }) => [key, tally] as const);
            expect(new Map(rows), by).toEqual(recount(inTime, KEYS[by]));
            const { lastRequest, ...total } = stats.total.tally;
            expect(total, by).toEqual(count(inTime.flatMap(({ outcome }) => outcome.attempts)));
            expect(stats.requests, by).toBe(inTime.length);
            expect(total.answered).toBe(inTime.filter(({ outcome }) => outcome.error === undefined).length);
          }
        },
      ),
      { numRuns: 60 },
    );
  }, 60_000);

  const through = (
    profile: string,
    member: string,
    at: number,
    over: Partial<Attempt> = {},
  ): RequestRecord => ({
    at,
    door: "chat",
    target: { kind: "profile", name: profile },
    outcome: anOutcome({ profile, attempts: [anAttempt({ member, usage: USAGE, ...over })] }),
  });

  test("A003-29 tell whom each profile turned to last, by the order of writing, though the clock went back", async () => {
    const skipped = { outcome: "skipped", skipped: true } as const;
    const [stats] = await statsOf(
      [
        through("lb", "fast", NOW),
        through("lb", "local", NOW - 60_000),
        through("lb", "late", NOW, skipped),
        through("other", "slow", NOW - 120_000),
      ],
      [{ by: "member", since: 0 }],
    );
    expect(stats?.lastSelected).toEqual([
      { profile: "lb", member: "local", model: "llama3.2", backend: "ollama", at: NOW - 60_000 },
      { profile: "other", member: "slow", model: "llama3.2", backend: "ollama", at: NOW - 120_000 },
    ]);
    expect(stats?.total.lastUsed).toBe(NOW - 120_000);
    expect(stats?.rows.find(({ key }) => key === "late")).not.toHaveProperty("lastUsed");
  });

  test("days are those of the local time zone, also where it is not whole hours from UTC", async () => {
    vi.stubEnv("TZ", "Asia/Kathmandu");
    onTestFinished(() => void vi.unstubAllEnvs());
    // 18:15 UTC is midnight there.
    const midnight = Date.UTC(2026, 10, 20, 18, 15);
    const [stats] = await statsOf(
      [through("lb", "a", midnight - 1), through("lb", "a", midnight)],
      [{ by: "day", since: 0 }],
    );
    expect(stats?.rows.map(({ key }) => key)).toEqual(["2026-11-20", "2026-11-21"]);
  });

  test("a history that an older nexus began goes on, and both count", async () => {
    const older = async (directory: string) => {
      const database = await openDatabase({
        file: join(directory, "history.db"),
        migrations: HISTORY_MIGRATIONS.slice(0, 1),
        durable: false,
      });
      for (const id of [1, 2]) {
        database.run(
          `INSERT INTO requests (request_id, at, door, profile, fallback_used, degraded, duration_ms, chain_log)
           VALUES ('req_old', ?, 'chat', 'lb', 0, 0, 900, '["old: success"]')`,
          NOW,
        );
        database.run(
          `INSERT INTO attempts (request, number, member, backend, model, outcome, wait_ms, duration_ms, chain)
           VALUES (?, 0, 'local', 'ollama', 'llama3.2', 'success', 0, 800, 'old: success')`,
          id,
        );
      }
      database.close();
    };
    const [stats] = await statsOf(
      [through("lb", "local", NOW), through("lb", "local", NOW)],
      [{ by: "member", since: 0 }],
      older,
    );
    const [row] = stats?.rows ?? [];
    expect([stats?.requests, row?.tally.answered, row?.tally.durationMs]).toEqual([4, 4, 4_000]);
  });
});
