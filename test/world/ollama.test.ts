import { expect, onTestFinished, test } from "vitest";
import type { RunEvent } from "../../src/core/outcome.ts";
import { type MockOptions, startMock } from "../../src/mock/mock.ts";
import { openTestWorld } from "../support/open-world.ts";
import { ask } from "../support/run-engine.ts";

/** A failover profile over Ollama and a server that speaks OpenAI's language, over real sockets. */
async function world(script: MockOptions, path = "") {
  const near = await startMock({ dialect: "ollama", ...script });
  const other = await startMock({ answer: "from the other" });
  const opened = await openTestWorld({
    config: {
      backends: {
        near: { type: "ollama", url: near.url + path },
        other: { type: "generic", url: other.url },
      },
    },
    profiles: {
      near: { type: "model", backend: "near", model: "m", params: { num_ctx: 8192, keep_alive: "1h" } },
      other: { type: "model", backend: "other", model: "m2" },
      lb: { type: "loadbalancer", policy: "failover", profiles: ["near", "other"] },
    },
  });
  onTestFinished(async () => {
    await opened.remove();
    await Promise.all([near.close(), other.close()]);
  });
  return { near, other, chat: opened.chat };
}

function textOf(events: readonly RunEvent[]): string {
  return events
    .map((event) => (event.type === "chat" && event.event.type === "text-delta" ? event.event.text : ""))
    .join("");
}

test.each([true, false])(
  "Ollama is asked in its own language, with its window and keep-alive (stream: %s)",
  async (stream) => {
    const { near, chat } = await world({ answer: "hello from near" });
    const outcome = await chat("near", { request: { ...ask(), params: { stream } } });
    expect(outcome.chainLog).toEqual(["near: success"]);
    expect(textOf(outcome.events)).toBe("hello from near");
    expect(near.chats[0]).toMatchObject({
      path: "/api/chat",
      body: { stream, keep_alive: "1h", options: { num_ctx: 8192 } },
    });
  },
);

test("an address that ends in /v1 is asked in OpenAI's language", async () => {
  const { near, chat } = await world({ dialect: "openai-chat", answer: "as before" }, "/v1");
  expect(textOf((await chat("near")).events)).toBe("as before");
  expect(near.chats[0]?.path).toBe("/v1/chat/completions");
});

test.each([
  ["503", "failed (503 The server is currently overloaded with other requests.)"],
  ["404-model", "failed (model not found)"],
  ["error-in-stream", "failed ("],
  ["cut-stream:after=0", "failed ("],
  ["end-stream:after=0", "failed ("],
  ["empty-answer", "failed (empty response)"],
  ["malformed", "failed ("],
  ["429", "rate limited"],
])("%s of Ollama goes on to a backend of another language", async (fault, text) => {
  const { chat } = await world({ steps: [fault] });
  const { chainLog, events } = await chat("lb");
  expect(chainLog.at(-1)).toBe("other: success");
  expect(chainLog[0]).toContain(`near: ${text}`);
  expect(textOf(events)).toBe("from the other");
});

test.each(["split-utf8", "crlf", "tool-calls", "json-for-stream", "comments", "no-done"])(
  "%s of Ollama is a good answer",
  async (fault) => {
    const { chat } = await world({ steps: [fault], answer: "grüße 世界" });
    expect((await chat("lb")).chainLog).toEqual(["near: success"]);
  },
);

test("tool calls come with their arguments as JSON text", async () => {
  const toolCalls = [{ name: "weather", arguments: '{"city":"Oslo"}' }];
  const { chat } = await world({ answer: { toolCalls } });
  const { events } = await chat("near");
  expect(events).toContainEqual({
    type: "chat",
    event: { type: "tool-call-delta", index: 0, json: '{"city":"Oslo"}' },
  });
});
