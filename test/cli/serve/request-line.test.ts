import { expect, test } from "vitest";
import { debugLine, requestLine } from "../../../src/cli/serve/request-line.ts";
import type { EndedRequest } from "../../../src/server/ended.ts";
import { anOutcome } from "../support/outcomes.ts";

function pretty(over: Partial<EndedRequest>): string {
  const ended: EndedRequest = {
    requestId: "req_8f2c",
    method: "POST",
    path: "/v1/chat/completions",
    status: 200,
    durationMs: 1_200,
    whole: true,
    outcome: undefined,
    ...over,
  };
  return requestLine(ended, "pretty", 0);
}

test("A000-12 A002-20 a fallback is a warning that names the model that was asked for and the one that answered", () => {
  expect(pretty({ outcome: anOutcome() })).toBe(
    "nexus: warning: POST /v1/chat/completions 200 · llama3.2 @ ollama (backend-failover) · instead of gpt-4o-mini · 1.2 s · " +
      "fast: failed (503 Service Unavailable) -> local: success",
  );
});

test("what was refused says why", () => {
  expect(pretty({ status: 400, refused: "invalid_json", durationMs: 3 })).toBe(
    "nexus: POST /v1/chat/completions 400 · invalid_json · 3 ms",
  );
});

test("what clients and backends wrote stays one line and steers no terminal", () => {
  const line = pretty({ outcome: anOutcome({ actualModel: "a\nnexus: fine\u001b[2J\tb" }) });
  expect(line).toContain("a nexus: fine b @ ollama");
});

test("each line tells its own time, to the millisecond", () => {
  const time = 1_790_000_000_000;
  const told = [time + 7, time + 999, time + 1_000, time].map((wallMs) =>
    JSON.parse(debugLine("a step", "req_8f2c", "json", wallMs)),
  );
  expect(told.map((line) => Date.parse(line.time) - time)).toEqual([7, 999, 1_000, 0]);
  expect(told[0].time).toBe("2026-09-21T14:13:20.007Z");
});
