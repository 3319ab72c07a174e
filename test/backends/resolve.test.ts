import { describe, expect, it } from "vitest";
import { presetBackend, presetBackends } from "../../src/backends/presets.ts";
import { type BackendRecord, resolveBackend } from "../../src/backends/resolve.ts";
import { BACKEND_TYPES, isBackendType, TYPE_NAMES } from "../../src/backends/types.ts";
import { placeOf, zoneOf } from "../../src/backends/zone.ts";
import { Problem } from "../../src/core/problem.ts";

const resolve = (record: BackendRecord, name = "box") => resolveBackend(name, record, "configured");

function problemOf(work: () => unknown): Problem {
  try {
    work();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("a backend's record becomes a backend", () => {
  it("fills in what a local server states not", () => {
    expect(resolve({ type: "ollama", url: "http://127.0.0.1:11434/" })).toMatchObject({
      name: "box",
      dialect: "ollama",
      url: "http://127.0.0.1:11434",
      key: { env: [], required: false },
      zone: "restricted",
      tier: 1,
      priority: 50,
      timeouts: {
        connectMs: 10_000,
        firstContentMs: 300_000,
        answerMs: 300_000,
        idleMs: 60_000,
        totalMs: 600_000,
      },
      headers: {},
      source: "configured",
    });
  });

  it("gives cloud types priority 60, zone open and two minutes to first content", () => {
    expect(resolve({ type: "openai" })).toMatchObject({
      url: "https://api.openai.com/v1",
      zone: "open",
      priority: 60,
      timeouts: { firstContentMs: 120_000 },
    });
  });

  it("keeps what is stated", () => {
    const stated = {
      type: "generic",
      url: "http://192.0.2.5:8000/llm/",
      zone: "restricted",
      tier: 2,
      priority: 10,
      models: ["qwen3", { id: "big", context_length: 8192, max_output_tokens: 99, capabilities: ["tools"] }],
      timeouts: { connect_ms: 5 },
      headers: { "x-team": "a" },
    } as const;
    expect(resolve(stated)).toMatchObject({
      url: "http://192.0.2.5:8000/llm",
      zone: "restricted",
      tier: 2,
      priority: 10,
      models: [
        { id: "qwen3" },
        { id: "big", contextLength: 8192, maxOutputTokens: 99, capabilities: ["tools"] },
      ],
      timeouts: { connectMs: 5, idleMs: 60_000 },
      headers: { "x-team": "a" },
    });
  });

  it.each([
    ["http://127.0.0.1:8000", "http://127.0.0.1:8000/v1"],
    ["http://127.0.0.1:8000/", "http://127.0.0.1:8000/v1"],
    ["http://127.0.0.1:8000/v1/", "http://127.0.0.1:8000/v1"],
    ["http://127.0.0.1:8000/base", "http://127.0.0.1:8000/base"],
    ["https://api.groq.com", "https://api.groq.com/openai/v1"],
    ["https://generativelanguage.googleapis.com", "https://generativelanguage.googleapis.com/v1beta/openai"],
  ])("%s is asked at %s", (url, base) => {
    expect(resolve({ type: "openai", url }).url).toBe(base);
  });

  it.each([
    [{ type: "google" }, "gemini", ""],
    [{ type: "google", url: "https://generativelanguage.googleapis.com" }, "gemini", ""],
    [
      { type: "google", url: "https://generativelanguage.googleapis.com/v1beta/openai" },
      "openai-chat",
      "/openai",
    ],
    [{ type: "google", dialect: "openai-chat" }, "openai-chat", "/openai"],
  ] as const)("A001-01 Google as %o speaks %s", (record, dialect, side) => {
    const url = `https://generativelanguage.googleapis.com/v1beta${side}`;
    expect(resolveBackend("google", record, "configured")).toMatchObject({ dialect, url });
  });

  it.each([
    ["ftp://host/x", "http(s)"],
    ["127.0.0.1:11434", "http(s)"],
    ["http://host/v1?x=1", "query"],
    ["http://host/v1#x", "fragment"],
    ["http://169.254.169.254/latest", "metadata"],
    ["http://[::ffff:a9fe:a9fe]/", "metadata"],
  ])("refuses the address %s, naming backend and key", (url, word) => {
    const { kind, message } = problemOf(() => resolve({ type: "generic", url }));
    expect(kind).toBe("config");
    expect(message).toContain('backend "box": url');
    expect(message).toContain(word);
  });

  it.each(["someone:canary@box:8000", "canary@box"])(
    "A001-02 refuses an address without http:// and does not repeat what may be a password",
    (url) => {
      const { message } = problemOf(() => resolve({ type: "ollama", url }));
      expect(message).toMatch(/url: .* is not an http/);
      expect(message).not.toContain("canary");
    },
  );

  it("A001-02 refuses an address with a password without repeating it", () => {
    const { message } = problemOf(() => resolve({ type: "generic", url: "http://me:hunter2@host/v1" }));
    expect(message).not.toContain("hunter2");
    expect(message).toContain('backend "box"');
  });

  it.each(["sk-canary-0123456789", "gsk_canary0123456789", "AIzaCanary0123456789", "two words"])(
    "A001-02 refuses a literal key as the name of one, without repeating it (%s)",
    (literal) => {
      for (const key of ["api_key_env", "api_key_ref"] as const) {
        const { message } = problemOf(() => resolve({ type: "generic", url: "http://h/", [key]: literal }));
        expect(message).toContain(key);
        expect(message).not.toContain(literal);
      }
    },
  );

  it.each(["Authorization", "x-api-key", "Cookie", "host"])(
    "refuses %s among the extra headers",
    (header) => {
      const headers = { [header]: "canary-value" };
      const { message } = problemOf(() => resolve({ type: "generic", url: "http://h/", headers }));
      expect(message).toContain(header);
      expect(message).not.toContain("canary-value");
    },
  );

  it("refuses a header that would start another one", () => {
    const headers = { "x-a": "b\r\nauthorization: c" };
    expect(problemOf(() => resolve({ type: "generic", url: "http://h/", headers })).message).toContain("x-a");
  });

  it("refuses what is no name of a header", () => {
    const headers = { "x a": "b" };
    expect(problemOf(() => resolve({ type: "generic", url: "http://h/", headers })).message).toContain("x a");
  });

  it("knows its types by name, and nothing that every object has", () => {
    for (const type of TYPE_NAMES) expect(isBackendType(type)).toBe(true);
    expect(Object.keys(BACKEND_TYPES).sort()).toEqual([...TYPE_NAMES].sort());
    expect(isBackendType("constructor")).toBe(false);
  });

  it("says that a generic backend needs an address", () => {
    expect(problemOf(() => resolve({ type: "generic" })).message).toContain("url");
  });
});

describe("zones", () => {
  it.each([
    ["ollama", "http://localhost:11434", "restricted"],
    ["vllm", "http://192.168.1.4:8000", "restricted"],
    ["generic", "http://[fd00::1]:8000", "restricted"],
    ["generic", "http://box.lan:8000", "open"],
    // Other than the bare name, this one may be asked of a name server, and whoever runs that would get the prompts.
    ["ollama", "http://localhost.:11434", "open"],
    ["generic", "http://203.0.113.7:8000", "open"],
    ["openai", "http://127.0.0.1:8000", "open"],
  ] as const)("a configured %s at %s is %s", (type, url, zone) => {
    expect(resolve({ type, url }).zone).toBe(zone);
  });

  it("a server that was found is restricted on loopback only", () => {
    const found = (url: string) => resolveBackend("ollama", { type: "ollama", url }, "detected").zone;
    expect(found("http://127.0.0.1:11434")).toBe("restricted");
    expect(found("http://192.168.1.4:11434")).toBe("open");
  });

  it.each(["gpt-oss:120b-cloud", "deepseek-v3:cloud", "x-CLOUD"])(
    "Ollama's %s leaves the machine",
    (model) => {
      const ollama = resolve({ type: "ollama" });
      expect(zoneOf(ollama, { id: model })).toBe("open");
      expect(zoneOf(ollama, { id: "llama3.2" })).toBe("restricted");
      expect(zoneOf(resolve({ type: "vllm" }), { id: model })).toBe("restricted");
    },
  );

  it.each([
    ["openai", "http://127.0.0.1:1", "cloud"],
    ["generic", "http://203.0.113.7", "cloud"],
    ["generic", "https://llm.example.com", "cloud"],
    ["vllm", "http://10.0.0.1", "local"],
    ["generic", "http://gpu-box:8000", "local"],
  ] as const)("a %s at %s is %s", (type, url, place) => {
    expect(placeOf(resolve({ type, url }))).toBe(place);
  });
});

describe("keys", () => {
  it("A002-24 every preset has its provider's variables", () => {
    expect(presetBackend("openai")?.key).toEqual({ env: ["OPENAI_API_KEY"], required: true });
    expect(presetBackend("anthropic")?.key.env).toEqual(["ANTHROPIC_API_KEY"]);
    expect(presetBackend("google")?.key.env).toEqual(["GEMINI_API_KEY", "GOOGLE_API_KEY"]);
  });

  it("A002-24 api_key_env overrides the preset's variable", () => {
    const { key } = resolve({ type: "openai", api_key_env: "WORK_KEY" }, "openai");
    expect(key).toEqual({ env: ["WORK_KEY"], required: true });
  });

  it("uses the variable of the provider at the address, whatever the backend is called", () => {
    const groq = resolve({ type: "openai", url: "https://api.groq.com/openai/v1" }, "quick");
    expect(groq.key.env).toEqual(["GROQ_API_KEY"]);
    expect(resolve({ type: "openai" }, "mine").key.env).toEqual(["OPENAI_API_KEY"]);
  });

  it("A001-05 sends OpenAI's key to no other address by default", () => {
    const other = resolve({ type: "openai", url: "https://llm.example.com/v1" }, "other");
    expect(other.key).toEqual({ env: [], required: false });
  });

  it("keeps the preset's variable for a backend that takes the preset's name", () => {
    const own = resolve({ type: "openai", url: "http://127.0.0.1:9000/v1" }, "openai");
    expect(own.key.env).toEqual(["OPENAI_API_KEY"]);
  });

  it("needs a key where one is named", () => {
    const box = resolve({ type: "vllm", api_key_ref: "box" });
    expect(box.key).toEqual({ env: [], ref: "box", required: true });
  });
});

describe("presets", () => {
  it("are all reached over TLS and known by their own address", () => {
    for (const backend of presetBackends()) {
      expect(backend.url).toMatch(/^https:\/\/.*[^/]$/);
      expect(backend.zone).toBe("open");
      expect(backend.key.required).toBe(true);
      expect(backend.source).toBe("preset");
    }
  });

  it("do not know names that every object has", () => {
    expect(presetBackend("constructor")).toBeUndefined();
  });
});
