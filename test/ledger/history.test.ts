import { chmod, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { RequestRecord } from "../../src/core/request-record.ts";
import { type History, type LedgerFile, openHistory, openLedger } from "../../src/ledger/open.ts";
import { aFailedOutcome, anOutcome } from "../cli/support/outcomes.ts";
import { anyRecord, NOW } from "./support.ts";

let directory: string;
let warnings: string[];
const open: { close(): Promise<void> }[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "nexus-ledger-"));
  warnings = [];
});

afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
  await rm(directory, { recursive: true });
});

const warn = (text: string) => warnings.push(text);

function ledger(): LedgerFile {
  const made = openLedger(directory, warn);
  open.push(made);
  return made;
}

function history(): History {
  const made = openHistory(directory, warn);
  open.push(made);
  return made;
}

function record(requestId: string, over: Partial<RequestRecord> = {}): RequestRecord {
  return {
    at: NOW,
    door: "chat",
    target: { kind: "profile", name: "lb" },
    outcome: anOutcome({ requestId }),
    ...over,
  };
}

describe("A002-25 a record", () => {
  test("is read back as it was written, whatever the outcome", async () => {
    const [writer, reader] = [ledger(), history()];
    await fc.assert(
      fc.asyncProperty(anyRecord, async (written) => {
        await writer.append(written);
        const read = await reader.last();
        const { error, ...outcome } = written.outcome;
        const { cause, ...kept } = error ?? {};
        expect(read).toEqual({
          ...written,
          outcome: error === undefined ? outcome : { ...outcome, error: kept },
        });
      }),
      { numRuns: 100 },
    );
  });

  test("is read back as it was written, however many are written at once, in their order", async () => {
    const [writer, reader] = [ledger(), history()];
    await fc.assert(
      fc.asyncProperty(fc.array(anyRecord, { minLength: 1, maxLength: 60 }), async (written) => {
        await writer.appendAll(written);
        expect((await reader.last())?.outcome.requestId).toBe(written.at(-1)?.outcome.requestId);
        for (const { at, target, outcome } of written) {
          const found = await reader.find(outcome.requestId);
          const { requestId, chainLog, attempts, usage, costUsd, durationMs } = outcome;
          expect(found).toMatchObject({
            kind: "one",
            request: { at, target, outcome: { requestId, chainLog, attempts, usage, costUsd, durationMs } },
          });
        }
      }),
      { numRuns: 20 },
    );
  });

  test("of a failure keeps every member's own cause", async () => {
    await ledger().append(record("req_1", { outcome: aFailedOutcome({ retryAfterMs: 1_500.4 }) }));
    const past = await history().last();
    expect(past?.outcome.error).toMatchObject({
      name: "LoadBalancerFailoverError",
      code: "fallback_chain_exhausted",
      retryable: true,
      retryAfterMs: 1_500,
      failures: [{ member: "fast", outcome: "overloaded", status: 503, message: "Service Unavailable" }],
    });
  });

  test("that is not known is NULL, never 0", async () => {
    await ledger().append(record("req_1", { outcome: aFailedOutcome() }));
    const past = await history().last();
    expect(past?.outcome.costUsd).toBeUndefined();
    expect(past?.outcome.attempts[0]).toMatchObject({ usage: undefined, firstContentMs: undefined });
  });

  test("stands in files that only their owner can read", async () => {
    await ledger().append(record("req_1"));
    for (const name of await readdir(directory)) {
      expect((await stat(join(directory, name))).mode & 0o077, name).toBe(0);
    }
  });
});

describe("finding a request", () => {
  test("S17 the last one is the one that was written last, wherever the clock on the wall stood", async () => {
    const writer = ledger();
    await writer.append(record("req_1"));
    await writer.append(record("req_2", { at: NOW - 86_400_000 }));
    expect((await history().last())?.outcome.requestId).toBe("req_2");
  });

  test("by its id, or what it begins with", async () => {
    const writer = ledger();
    for (const id of ["req_aa11", "req_aa12", "req_bb"]) await writer.append(record(id));
    const reader = history();
    expect(await reader.find("req_b")).toMatchObject({
      kind: "one",
      request: { outcome: { requestId: "req_bb" } },
    });
    expect(await reader.find("req_aa11")).toMatchObject({ kind: "one" });
    expect(await reader.find("req_aa")).toEqual({ kind: "several", ids: ["req_aa12", "req_aa11"] });
    expect(await reader.find("req_c")).toEqual({ kind: "none" });
  });

  test("an id that begins another one is itself", async () => {
    const writer = ledger();
    for (const id of ["req_aa", "req_aa11"]) await writer.append(record(id));
    expect(await history().find("req_aa")).toMatchObject({
      kind: "one",
      request: { outcome: { requestId: "req_aa" } },
    });
  });

  test("no history: nothing, and no file is made", async () => {
    expect(await history().last()).toBeUndefined();
    expect(await history().stats("member", 0)).toMatchObject({ rows: [], requests: 0 });
    expect(await history().find("req_aa")).toEqual({ kind: "none" });
    expect(await readdir(directory)).toEqual([]);
  });
});

describe("S16 a history that cannot be used", () => {
  test("a corrupt file is set aside with one warning, and the record is in a new one", async () => {
    await writeFile(join(directory, "history.db"), "not a database ".repeat(1_000));
    await ledger().append(record("req_1"));
    expect((await history().last())?.outcome.requestId).toBe("req_1");
    expect(warnings).toEqual([expect.stringMatching(/history\.db: it is not a database; kept as .*corrupt/)]);
  });

  test("a directory in its place: one warning, however many records are lost", async () => {
    const writer = openLedger(join(directory, "file"), warn);
    await writeFile(join(directory, "file"), "");
    await writer.append(record("req_1"));
    await writer.append(record("req_2"));
    await writer.close();
    expect(warnings).toEqual([expect.stringContaining("requests are not in the history")]);
  });

  test.skipIf(process.getuid?.() === 0)("a file that cannot be written is still read", async () => {
    const first = ledger();
    await first.append(record("req_1"));
    await first.close();
    await chmod(join(directory, "history.db"), 0o400);
    await ledger().append(record("req_2"));
    expect((await history().last())?.outcome.requestId).toBe("req_1");
    expect(warnings).toHaveLength(1);
  });

  test("deleted while it is in use: the next record begins a new one", async () => {
    const writer = ledger();
    await writer.append(record("req_1"));
    for (const name of await readdir(directory)) await rm(join(directory, name));
    await writer.append(record("req_2"));
    await writer.append(record("req_3"));
    const reader = history();
    expect((await reader.last())?.outcome.requestId).toBe("req_3");
    expect((await reader.stats("member", 0)).requests).toBe(2);
    expect(warnings).toEqual([]);
  });
});
