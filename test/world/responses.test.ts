import { expect, test } from "vitest";
import { startMock } from "../../src/mock/mock.ts";
import { openTestWorld } from "../support/open-world.ts";

async function worldOver(url: string, spare: string) {
  const backend = { type: "generic", dialect: "openai-responses" };
  return await openTestWorld({
    config: { backends: { r: { ...backend, url }, s: { ...backend, url: spare } } },
    profiles: {
      a: { type: "model", backend: "r", model: "m" },
      b: { type: "model", backend: "s", model: "m" },
      lb: { type: "loadbalancer", policy: "failover", profiles: ["a", "b"] },
    },
  });
}

test.each([true, false])(
  "a Responses backend answers with text, reasoning and a call (stream %s)",
  async (stream) => {
    const answer = {
      text: "Hello there.",
      reasoning: "Let me see.",
      toolCalls: [{ id: "call_a", name: "f", arguments: '{"x":1}' }],
      usage: { input: 11, output: 7, reasoning: 2 },
    };
    const mock = await startMock({ dialect: "openai-responses", answer });
    const world = await worldOver(mock.url, mock.url);
    const run = await world.chat("a", {
      request: {
        messages: [{ role: "user", parts: [{ type: "text", text: "hi" }] }],
        tools: [],
        params: { stream },
      },
    });
    const told = run.events.flatMap((event) => (event.type === "chat" ? [event.event] : []));
    const text = (type: string) =>
      told.map((event) => (event.type === type && "text" in event ? event.text : "")).join("");
    expect(text("text-delta")).toBe("Hello there.");
    expect(text("reasoning-delta")).toBe("Let me see.");
    expect(told).toContainEqual({ type: "tool-call-start", index: 0, id: "call_a", name: "f" });
    expect(run.usage).toMatchObject({ input: 11, output: 5, reasoning: 2 });
    expect(mock.chats[0]?.path).toBe("/v1/responses");
    await world.remove();
    await mock.close();
  },
);

test.each(["503", "error-in-stream", "malformed", "empty", "cut-stream:after=0"])(
  "U12 a Responses backend that fails with %s is passed over",
  async (fault) => {
    const [bad, good] = [
      await startMock({ dialect: "openai-responses", steps: [fault] }),
      await startMock({ dialect: "openai-responses", answer: "fine" }),
    ];
    const world = await worldOver(bad.url, good.url);
    const run = await world.chat("lb");
    expect(run.chainLog.at(-1)).toBe("b: success");
    await world.remove();
    await Promise.all([bad.close(), good.close()]);
  },
);
