import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Announcement, readAnnouncement } from "../../src/backends/announced.ts";

const LLM: Announcement = {
  service: "box._llm._tcp.local",
  serviceType: "_llm._tcp",
  addresses: ["192.168.1.9"],
  port: 8000,
  txt: {},
};

const urlOf = (over: Partial<Announcement>) => {
  const read = readAnnouncement({ ...LLM, ...over });
  return read.ok ? read.url : read.why;
};

describe("what an announcement means", () => {
  it("Ollama is Ollama, at its own paths", () => {
    const txt = { type: "vllm", api_path: "/api", version: "0.5.1" };
    expect(readAnnouncement({ ...LLM, serviceType: "_ollama._tcp", port: 11434, txt })).toEqual({
      ok: true,
      type: "ollama",
      url: "http://192.168.1.9:11434",
      version: "0.5.1",
    });
  });

  it.each([
    ["vllm", "vllm"],
    ["LlamaCpp", "llamacpp"],
    [undefined, "generic"],
    ["something new", "generic"],
    ["openai", "generic"],
    ["anthropic", "generic"],
    ["constructor", "generic"],
  ])("of type %s it is %s: never a cloud, to which keys belong", (type, expected) => {
    const txt: Record<string, string> = type === undefined ? {} : { type };
    expect(readAnnouncement({ ...LLM, txt })).toMatchObject({ ok: true, type: expected });
  });

  it.each([
    [["192.168.1.9", "10.0.0.4"], "http://192.168.1.9:8000"],
    [["fd00::2", "172.16.0.9"], "http://172.16.0.9:8000"],
    [["fd00::2"], "http://[fd00::2]:8000"],
    [["169.254.7.7"], "http://169.254.7.7:8000"],
  ])("of the addresses %j it is %s", (addresses, expected) => {
    expect(urlOf({ addresses })).toBe(expected);
  });

  it("an address that it was sent from is sure to lead there; one that it does not name is not used", () => {
    const addresses = ["172.17.0.1", "192.168.1.9"];
    expect(urlOf({ addresses, from: "192.168.1.9" })).toBe("http://192.168.1.9:8000");
    expect(urlOf({ addresses, from: "192.168.1.77" })).toBe("http://172.17.0.1:8000");
  });

  it.each([
    [[]],
    [["8.8.8.8"]],
    [["127.0.0.1"]],
    [["::1"]],
    [["::ffff:127.0.0.1"]],
    [["0.0.0.0"]],
    [["169.254.169.254"]],
    [["fd00:ec2::254"]],
    [["fe80::1"]],
    [["box.local"]],
    [["10.0.0.1@evil.example"]],
    [["10.0.0.1/x"]],
    [["10.0.0.1]:1"]],
    [["10.1"]],
    [["999.1.1.1"]],
  ])("an address elsewhere, on this machine or of no sort is none: %j", (addresses) => {
    expect(urlOf({ addresses })).toBe("it has no address of the local network");
  });

  it.each(["/v1", "/openai/v1", "/a-b_c.d~e/"])("its api_path %s is used", (api_path) => {
    expect(urlOf({ txt: { api_path } })).toBe(`http://192.168.1.9:8000${api_path}`);
  });

  it.each([
    "v1",
    "@evil.example",
    "//evil.example",
    "/a/../b",
    "/..",
    "/v1?key=1",
    "/v1#x",
    "/\n",
    "/%2e",
    `/${"a".repeat(99)}`,
    ":1",
  ])("an api_path that is no plain path is refused: %j", (api_path) => {
    expect(urlOf({ txt: { api_path } })).toBe("its api_path is no path");
  });

  it("a version that is more than a version is left out", () => {
    const txt = { version: "\u001b[31m1.0" };
    expect(readAnnouncement({ ...LLM, txt })).toEqual({
      ok: true,
      type: "generic",
      url: "http://192.168.1.9:8000",
    });
  });

  it.each([0, -1, 65_536, 1.5, Number.NaN])("port %d is none", (port) => {
    expect(urlOf({ port })).toBe("it has no port");
  });

  it("whatever it says, a URL leads to one of its own addresses and its port", () => {
    const txt = fc.dictionary(fc.constantFrom("type", "api_path", "version"), fc.string());
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.ipV4(), fc.ipV6(), fc.string())),
        fc.nat(70_000),
        txt,
        (addresses, port, said) => {
          const read = readAnnouncement({ ...LLM, addresses, port, txt: said });
          if (!read.ok) return;
          const url = new URL(read.url);
          const hosts = addresses.flatMap((address) => {
            const text = `http://${address.includes(":") ? `[${address}]` : address}`;
            return URL.canParse(text) ? [new URL(text).hostname] : [];
          });
          expect(hosts).toContain(url.hostname);
          expect(url.port || "80").toBe(String(port));
          expect([url.username, url.search, url.hash]).toEqual(["", "", ""]);
        },
      ),
    );
  });
});
