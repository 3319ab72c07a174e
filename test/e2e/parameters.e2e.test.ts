import { describe, expect, test } from "vitest";
import { backend } from "./support/backends.ts";
import { failoverWorkspace } from "./support/workspace.ts";

/** A one-pixel PNG. */
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

describe("what reaches the backend", () => {
  test.each(["failover", "roundrobin"])(
    "A003-20 under %s the load balancer overrides the member, and the request both",
    async (policy) => {
      const one = await backend();
      const space = await failoverWorkspace({ one });
      await space.profile("one", {
        version: 1,
        type: "model",
        backend: "one",
        model: "m",
        params: { temperature: 0.1, max_tokens: 10, seed: 7, top_p: 0.5 },
      });
      await space.profile("two", { version: 1, type: "model", backend: "one", model: "m2" });
      await space.profile("lb", {
        version: 1,
        type: "loadbalancer",
        policy,
        profiles: ["one", "two"],
        params: { temperature: 0.2, max_tokens: 20, stream: false },
      });
      const { code } = await space.nexus(["chat", "-p", "lb", "--set", "temperature=0.3", "hi"]);
      expect(code).toBe(0);
      expect(one.chats[0]?.body).toMatchObject({
        model: "m",
        temperature: 0.3,
        max_tokens: 20,
        seed: 7,
        top_p: 0.5,
      });
      expect(one.chats[0]?.body).not.toHaveProperty("stream", true);
    },
  );

  test("A003-09 a setting of the wrong type is its default, with a warning that names it", async () => {
    const bad = await backend({ steps: ["503"] });
    const good = await backend();
    const space = await failoverWorkspace({ bad, good }, { failover_retry_count: "three" });
    const { code, stderr } = await space.nexus(["chat", "-p", "lb", "hi"]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/warning: .*failover_retry_count/);
    expect(bad.chats).toHaveLength(1);
  });

  test("X-05 images, stop texts and JSON schemas arrive as they were given", async () => {
    const one = await backend();
    const space = await failoverWorkspace({ one });
    const image = await space.write("dot.png", PNG);
    const format = { type: "json_schema", json_schema: { name: "answer", schema: { type: "object" } } };
    const { code } = await space.nexus([
      "chat",
      "-p",
      "one",
      "--image",
      image,
      "--set",
      "stop=END",
      "--set",
      `response_format=${JSON.stringify(format)}`,
      "what is this?",
    ]);
    expect(code).toBe(0);
    expect(one.chats[0]?.body).toMatchObject({
      stop: "END",
      response_format: format,
      messages: [
        {
          role: "user",
          content: expect.arrayContaining([
            { type: "text", text: "what is this?" },
            { type: "image_url", image_url: { url: `data:image/png;base64,${PNG.toString("base64")}` } },
          ]),
        },
      ],
    });
  });

  test("X-05 tool calls of an answer come out with their ids and arguments, streamed and not", async () => {
    const toolCalls = [
      { id: "call_1", name: "get_weather", arguments: '{"city":"Oslo"}' },
      { id: "call_2", name: "get_time", arguments: '{"city":"Rome"}' },
    ];
    for (const flags of [[], ["--no-stream"]]) {
      const one = await backend({ answer: { toolCalls } });
      const space = await failoverWorkspace({ one });
      const { stdout } = await space.nexus(["chat", "-p", "one", "--json", ...flags, "weather?"]);
      expect(JSON.parse(stdout)).toMatchObject({ finish_reason: "tool_calls", tool_calls: toolCalls });
    }
  });
});

describe("prompts", () => {
  test("T23 nothing ever asks off a terminal: destructive commands name the flag instead", async () => {
    const one = await backend();
    const space = await failoverWorkspace({ one });
    for (const args of [
      ["profile", "delete", "one"],
      ["profile", "save", "model", "one", "--backend", "one", "--model", "other"],
      ["backend", "remove", "one"],
    ]) {
      const { code, stdout, stderr } = await space.nexus(args);
      expect([args, code, stdout]).toEqual([args, 2, ""]);
      expect(stderr).toContain("--force");
    }
  });
});
