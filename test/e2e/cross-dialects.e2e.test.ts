import { expect, it } from "vitest";
import { isObject, type JsonObject } from "../../src/core/json.ts";
import type { Answer } from "../../src/mock/answer.ts";
import type { Mock } from "../../src/mock/mock.ts";
import type { Step } from "../../src/mock/step.ts";
import { backend } from "./support/backends.ts";
import { asking, serve } from "./support/server.ts";
import { failoverWorkspace } from "./support/workspace.ts";

const env = { KEY: "sk-made-up" };
const tools = [
  {
    type: "function",
    function: {
      name: "weather",
      parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
    },
  },
];

/** An answer that calls the tool, each call under an id of that provider's making. */
const calls = (...made: readonly (readonly [id: string, city: string])[]): Answer => ({
  text: "",
  reasoning: `thought about ${made[0]?.[1]}`,
  toolCalls: made.map(([id, city]) => ({ id, name: "weather", arguments: JSON.stringify({ city }) })),
});

/** The body of the last request that reached a backend. */
function lastBody(mock: Mock): Record<string, unknown> {
  const body = mock.chats.at(-1)?.body;
  if (!isObject(body)) throw new Error("it was asked nothing");
  return body;
}

it.each([false, true])(
  "a conversation with tools fails over Anthropic -> OpenAI -> Gemini -> Ollama and back, each request written anew (stream: %s)",
  async (stream) => {
    const down = (...steps: Step[]): Step[] => [...steps, "503"];
    const claude = await backend({
      dialect: "anthropic",
      steps: [
        calls(["toolu_01", "Oslo"], ["toolu_02", "Rome"]),
        "503",
        "503",
        "503",
        { text: "Rain, all of it." },
      ],
    });
    const oa = await backend({ steps: down(calls(["call_a.b/c", "Lima"])) });
    const gemini = await backend({ dialect: "gemini", steps: down(calls(["g1", "Bern"])) });
    const llama = await backend({ dialect: "ollama", steps: [calls(["o1", "Kyiv"])] });
    const space = await failoverWorkspace(
      {
        claude: {
          url: claude.url,
          model: "claude-3-7-sonnet-latest",
          record: { type: "anthropic", api_key_env: "KEY" },
        },
        oa: { url: oa.url, record: { type: "openai", api_key_env: "KEY" } },
        gemini: { url: gemini.url, model: "gemini-2.5-pro", record: { type: "google", api_key_env: "KEY" } },
        llama: { url: llama.url, record: { type: "ollama" } },
      },
      { circuit_breaker_enabled: false },
    );
    const server = await serve(space, [], { env });
    const messages: JsonObject[] = [
      { role: "system", content: "Be brief." },
      { role: "user", content: "How is the weather?" },
    ];

    /** One turn, as an SDK's tool loop takes it: the answer goes into the history as it came, and each call gets a result. */
    async function turn(): Promise<string> {
      const response = await server.chat(asking("lb", { tools, messages, ...(stream && { stream }) }));
      const text = await response.text();
      expect(response.status, text).toBe(200);
      const message = stream ? joined(text) : JSON.parse(text).choices[0].message;
      messages.push(message);
      for (const call of message.tool_calls ?? []) {
        const { city } = JSON.parse(call.function.arguments);
        messages.push({ role: "tool", tool_call_id: call.id, content: `rain in ${city}` });
      }
      return response.headers.get("x-nexus-backend") ?? "";
    }

    expect(await turn()).toBe("claude");
    expect(await turn()).toBe("oa");
    expect(lastBody(oa)["messages"]).toMatchObject([
      { role: "system", content: "Be brief." },
      { role: "user" },
      {
        role: "assistant",
        tool_calls: [
          { id: "toolu_01", function: { name: "weather", arguments: '{"city":"Oslo"}' } },
          { id: "toolu_02", function: { name: "weather", arguments: '{"city":"Rome"}' } },
        ],
      },
      { role: "tool", tool_call_id: "toolu_01", content: "rain in Oslo" },
      { role: "tool", tool_call_id: "toolu_02", content: "rain in Rome" },
    ]);

    expect(await turn()).toBe("gemini");
    const made = (city: string) => ({ functionCall: { name: "weather", args: { city } } });
    const got = (city: string) => ({
      functionResponse: { name: "weather", response: { result: `rain in ${city}` } },
    });
    expect(lastBody(gemini)).toMatchObject({
      systemInstruction: { parts: [{ text: "Be brief." }] },
      contents: [
        { role: "user" },
        { role: "model", parts: [made("Oslo"), made("Rome")] },
        { role: "user", parts: [got("Oslo"), got("Rome")] },
        { role: "model", parts: [made("Lima")] },
        { role: "user", parts: [got("Lima")] },
      ],
    });

    expect(await turn()).toBe("llama");
    const asked = (city: string) => ({ function: { name: "weather", arguments: { city } } });
    expect(lastBody(llama)["messages"]).toMatchObject([
      { role: "system", content: "Be brief." },
      { role: "user" },
      { role: "assistant", tool_calls: [asked("Oslo"), asked("Rome")] },
      { role: "tool", tool_name: "weather", content: "rain in Oslo" },
      { role: "tool", tool_name: "weather", content: "rain in Rome" },
      { role: "assistant", tool_calls: [asked("Lima")] },
      { role: "tool", content: "rain in Lima" },
      { role: "assistant", tool_calls: [asked("Bern")] },
      { role: "tool", content: "rain in Bern" },
    ]);

    expect(await turn()).toBe("claude");
    const used = (city: string, id: unknown = expect.stringMatching(/^[a-zA-Z0-9_-]+$/)) => ({
      type: "tool_use",
      id,
      input: { city },
    });
    const told = (city: string) => ({
      type: "tool_result",
      content: [{ type: "text", text: `rain in ${city}` }],
    });
    const { system, messages: sent } = lastBody(claude);
    expect(JSON.stringify(system)).toContain("Be brief.");
    expect(sent).toMatchObject([
      { role: "user" },
      {
        role: "assistant",
        content: [
          // Its own thinking comes back signed; that of others stays away.
          { type: "thinking", thinking: "thought about Oslo", signature: expect.any(String) },
          used("Oslo", "toolu_01"),
          used("Rome", "toolu_02"),
        ],
      },
      { role: "user", content: [told("Oslo"), told("Rome")] },
      { role: "assistant", content: [used("Lima")] },
      { role: "user", content: [told("Lima")] },
      { role: "assistant", content: [used("Bern")] },
      { role: "user", content: [told("Bern")] },
      { role: "assistant", content: [used("Kyiv")] },
      { role: "user", content: [told("Kyiv")] },
    ]);
    expect(messages.at(-1)).toMatchObject({ role: "assistant", content: "Rain, all of it." });
  },
);

/** The message that an SDK puts together from a stream. */
function joined(text: string): {
  content: string;
  tool_calls?: { id: string; function: { arguments: string } }[];
} {
  const message: ReturnType<typeof joined> & Record<string, unknown> = { content: "" };
  const list: { id: string; type: string; function: { name: string; arguments: string } }[] = [];
  const details: object[] = [];
  for (const block of text.split("\n\n").filter((one) => one.startsWith("data: {"))) {
    const delta = JSON.parse(block.slice(6)).choices[0]?.delta ?? {};
    message.content += delta.content ?? "";
    details.push(...(delta.reasoning_details ?? []));
    for (const { index, function: said, ...rest } of delta.tool_calls ?? []) {
      list[index] ??= { id: "", type: "function", ...rest, function: { name: "", arguments: "" } };
      const known = list[index];
      if (known === undefined) continue;
      known.function.name += said.name ?? "";
      known.function.arguments += said.arguments ?? "";
    }
  }
  const whole = { ...message, role: "assistant", ...(details.length > 0 && { reasoning_details: details }) };
  return list.length > 0 ? { ...whole, tool_calls: list } : whole;
}
