import { describe, expect, it } from "vitest";
import { resolveBackend } from "../../src/backends/resolve.ts";
import { fromLlxprt, isLlxprt } from "../../src/cli/profile/llxprt.ts";

const synthetic = resolveBackend(
  "synthetic",
  { type: "openai", url: "https://api.synthetic.new/openai/v1" },
  "configured",
);

describe("profiles of llxprt-code", () => {
  it("are told from our own", () => {
    expect(isLlxprt({ version: 1, provider: "openai", model: "m" })).toBe(true);
    expect(isLlxprt({ version: 1, type: "model", backend: "openai", model: "m" })).toBe(false);
  });

  it("a model profile keeps model, parameters and window, and says what it lost", () => {
    const { document, lost } = fromLlxprt(
      {
        version: 1,
        provider: "openai",
        model: "hf:zai-org/GLM",
        modelParams: { temperature: 1 },
        ephemeralSettings: {
          "auth-key": "sk-canary-0123456789",
          "context-limit": 190000,
          "base-url": "https://api.synthetic.new/openai/v1",
          streaming: "disabled",
          "reasoning.effort": "high",
          "shell-replacement": true,
        },
      },
      [synthetic],
    );
    expect(document).toEqual({
      version: 1,
      type: "model",
      backend: "synthetic",
      model: "hf:zai-org/GLM",
      params: { temperature: 1, stream: false, reasoning_effort: "high" },
      context_limit: 190000,
    });
    expect(lost.join("\n")).toMatch(/auth-key.*\n.*shell-replacement/);
    expect(lost.join("\n")).not.toContain("canary");
  });

  it("an address that no backend has is refused: prompts would go elsewhere", () => {
    const foreign = {
      provider: "openai",
      model: "m",
      ephemeralSettings: { "base-url": "https://other.example/v1" },
    };
    expect(() => fromLlxprt(foreign, [synthetic])).toThrow("https://other.example/v1");
  });

  it("a load balancer keeps policy, members and settings", () => {
    const { document, lost } = fromLlxprt(
      {
        version: 1,
        type: "loadbalancer",
        policy: "failover",
        backends: ["a", "b"],
        provider: "",
        model: "",
        contextLimit: 32000,
        ephemeralSettings: {
          failover_retry_count: 2,
          failover_status_codes: [429, 503],
          lb_circuit_breaker_threshold: 5,
          lb_tpm_failover_threshold: 100,
        },
      },
      [],
    );
    expect(document).toEqual({
      version: 1,
      type: "loadbalancer",
      policy: "failover",
      profiles: ["a", "b"],
      settings: {
        failover_retry_count: 2,
        failover_status_codes: [429, 503],
        circuit_breaker_failure_threshold: 5,
      },
      context_limit: 32000,
    });
    expect(lost).toEqual(["lb_tpm_failover_threshold: is not carried over"]);
  });
});
