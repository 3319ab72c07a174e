import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Answering } from "../../src/core/outcome.ts";
import { HEADER_NAMES, headerValue, responseHeaders, type Told } from "../../src/server/headers.ts";
import { backend } from "../support/run-engine.ts";

const answering: Answering = {
  backend: backend("cloud", { zone: "open" }),
  model: "gpt-4o-mini",
  member: "fast",
  place: "cloud",
  reason: "capability-match",
  fallbackUsed: false,
  degraded: false,
  dropped: [],
  chainLog: [],
};

/** The list of names and values by name. */
function headersOf(told: Told): Record<string, string> {
  const list = responseHeaders(told);
  return Object.fromEntries(list.flatMap((name, at) => (at % 2 === 0 ? [[name, list[at + 1] ?? ""]] : [])));
}

describe("our headers", () => {
  it("A001-06 A001-08 A001-41 of an answer from a cloud", () => {
    expect(headersOf({ requestId: "req_1", chainLog: ["fast: success"], answering, costUsd: 0.025 })).toEqual(
      {
        "x-nexus-request-id": "req_1",
        "x-nexus-chain": "fast: success",
        "x-nexus-backend": "cloud",
        "x-nexus-backend-type": "cloud",
        "x-nexus-model": "gpt-4o-mini",
        "x-nexus-route-reason": "capability-match",
        "x-nexus-privacy-zone": "open",
        "x-nexus-cost-estimated": "0.0250",
      },
    );
  });

  it("A001-07 A001-41 a local backend has no cost", () => {
    const local = headersOf({
      requestId: "r",
      chainLog: [],
      answering: { ...answering, place: "local" },
      costUsd: 1,
    });
    expect(local).not.toHaveProperty("x-nexus-cost-estimated");
  });

  it("A001-15 what costs something is never told as nothing", () => {
    const told = (costUsd: number) => headersOf({ requestId: "r", chainLog: [], answering, costUsd });
    expect(told(0.000001)["x-nexus-cost-estimated"]).toBe("0.0001");
    expect(told(0)["x-nexus-cost-estimated"]).toBe("0.0000");
  });

  it("A000-07 A000-08 the fallback model stands there only when one answered", () => {
    const told = (fallbackUsed: boolean) =>
      headersOf({ requestId: "r", chainLog: [], answering: { ...answering, fallbackUsed } });
    expect(told(true)["x-nexus-fallback-model"]).toBe("gpt-4o-mini");
    expect(told(false)).not.toHaveProperty("x-nexus-fallback-model");
  });

  it("A000-10 names are in lower case, and pages may read them all", () => {
    const full = { ...answering, fallbackUsed: true, dropped: ["seed"] };
    const names = Object.keys(
      headersOf({ requestId: "r", chainLog: ["a: timeout"], answering: full, costUsd: 1 }),
    );
    expect(names).toEqual(names.map((name) => name.toLowerCase()));
    expect(names.toSorted()).toEqual(HEADER_NAMES.toSorted());
  });

  it("C28 any text becomes printable ASCII of at most 1 KiB, which can be read back where it was not cut", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 2_000 }), (text) => {
        const value = headerValue(text);
        expect(value).toMatch(/^[ -~]{0,1024}$/);
        expect(() => decodeURIComponent(value)).not.toThrow();
      }),
    );
    expect(headerValue("模型 100%")).toBe("%E6%A8%A1%E5%9E%8B 100%25");
  });
});
