import { describe, expect, it } from "vitest";
import { detectionIsOff, detectServers, ollamaRoot } from "../../src/registry/detect.ts";
import type { Get } from "../../src/registry/fingerprint.ts";

/** A network in which these addresses answer these paths, and nothing listens elsewhere. */
function network(servers: Readonly<Record<string, Readonly<Record<string, string>>>>): Get {
  return async ({ url }, { path }) => {
    const pages = servers[url];
    if (pages === undefined) return { ok: false, failure: { class: "network", message: "refused" } };
    const body = pages[path];
    return { ok: true, status: body === undefined ? 404 : 200, headers: {}, body: body ?? "" };
  };
}

const OLLAMA = { "/": "Ollama is running" };
const VLLM = { "/v1/models": '{"data":[{"id":"q","owned_by":"vllm"}]}' };

describe("looking for local servers", () => {
  it("finds Ollama, LM Studio, llama.cpp and vLLM on their ports", async () => {
    const get = network({
      "http://127.0.0.1:11434": OLLAMA,
      "http://127.0.0.1:1234": { "/api/v1/models": '{"models":[]}' },
      "http://127.0.0.1:8080": { "/props": '{"default_generation_settings":{}}' },
      "http://127.0.0.1:8000": VLLM,
    });
    const found = await detectServers(get, {});
    expect(found.map(({ name }) => name).sort()).toEqual(["llamacpp", "lmstudio", "ollama", "vllm"]);
    for (const { zone, source, priority } of found) {
      expect([zone, source, priority]).toEqual(["restricted", "detected", 50]);
    }
  });

  it("takes no web server on 8080 for llama.cpp, and nothing that merely lists models", async () => {
    const get = network({
      "http://127.0.0.1:8080": { "/": "<html>", "/props": "<html>", "/v1/models": "<html>" },
      "http://127.0.0.1:8000": { "/v1/models": '{"data":[{"id":"x","owned_by":"somebody"}]}' },
    });
    expect(await detectServers(get, {})).toEqual([]);
  });

  it("takes a server for what it proves to be, not for its port, and names twins apart", async () => {
    const get = network({ "http://127.0.0.1:8080": VLLM, "http://127.0.0.1:8000": VLLM });
    const found = await detectServers(get, {});
    expect(found.map(({ name, type }) => [name, type])).toEqual([
      ["vllm", "vllm"],
      ["vllm-2", "vllm"],
    ]);
  });

  it("looks for Ollama where OLLAMA_HOST says, open when that is another machine", async () => {
    const get = network({ "http://192.168.1.9:11434": OLLAMA, "http://127.0.0.1:11434": OLLAMA });
    const found = await detectServers(get, { OLLAMA_HOST: "192.168.1.9" });
    expect(found.map(({ url, zone }) => [url, zone])).toEqual([["http://192.168.1.9:11434", "open"]]);
  });

  it.each([
    [undefined, "http://127.0.0.1:11434"],
    ["", "http://127.0.0.1:11434"],
    ["0.0.0.0", "http://127.0.0.1:11434"],
    ["0.0.0.0:9999", "http://127.0.0.1:9999"],
    [":9999", "http://127.0.0.1:9999"],
    ["box", "http://box:11434"],
    ["http://box:9999/", "http://box:9999"],
    ["http://box", "http://box"],
    ["https://box.example.com", "https://box.example.com"],
    ["[::1]:9999", "http://[::1]:9999"],
    ["[::1]", "http://[::1]:11434"],
    ["not a host", "http://127.0.0.1:11434"],
  ])("OLLAMA_HOST=%s means %s", (host, root) => {
    expect(ollamaRoot(host)).toBe(root);
  });

  it.each([
    [undefined, false],
    ["", false],
    ["0", false],
    ["1", true],
  ])("NEXUS_NO_DETECT=%s", (value, off) => {
    expect(detectionIsOff({ NEXUS_NO_DETECT: value })).toBe(off);
  });
});
