import { describe, expect, it } from "vitest";
import { backend } from "./support/backends.ts";
import { rawConnection, rawRequest } from "./support/raw.ts";
import { asking, askRaw, type RunningServer, serveOver } from "./support/server.ts";

const CHAT = "POST /v1/chat/completions HTTP/1.1";
const SLOW = { answer: "word ".repeat(2_000), chunkDelayMs: 20 };
const hostOf = (server: RunningServer) => `Host: ${new URL(server.url).host}`;

describe("more than the server takes", () => {
  it("over max_in_flight: 503 at once, before anything of a body is read; others go on", async () => {
    const a = await backend(SLOW);
    const server = await serveOver({ a }, { max_in_flight: 1 });
    const first = await askRaw(server, "a", { stream: true });
    await first.until(/word/);
    const second = await rawRequest(server.url, [CHAT, hostOf(server), "Content-Length: 50"]);
    expect([second.status, JSON.parse(second.body)]).toEqual([
      503,
      {
        error: { type: "service_unavailable", code: "overloaded", param: null, message: expect.any(String) },
      },
    ]);
    expect(second.head).toContain("\r\nretry-after: 1\r\n");
    for (const door of ["/health", "/ready", "/metrics", "/v1/models", "/v1/stats"]) {
      expect([door, (await fetch(server.url + door)).status]).toEqual([door, 200]);
    }
    expect(a.chats).toHaveLength(1);
    first.socket.destroy();
    await a.aborted();
    await server.until("stderr", /"client_gone":true/);
    expect((await server.chat(asking("a", { stream: true }))).status).toBe(200);
  });

  it("bodies that are too large together: 503 by what they announce", async () => {
    const a = await backend();
    const server = await serveOver({ a }, { max_body_bytes: 100_000_000 });
    const lines = [CHAT, hostOf(server), "Content-Length: 90000000", "Expect: 100-continue"];
    const first = await rawConnection(server.url, `${lines.join("\r\n")}\r\n\r\n`);
    await first.until(/100 Continue/);
    const second = await rawRequest(server.url, lines);
    expect([second.status, JSON.parse(second.body)]).toMatchObject([503, { error: { code: "overloaded" } }]);
    first.socket.destroy();
    await server.until("stderr", /"client_gone":true/);
    const third = await rawConnection(server.url, `${lines.join("\r\n")}\r\n\r\n`);
    await third.until(/100 Continue/);
  });
});
