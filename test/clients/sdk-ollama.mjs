// Checks with the official `ollama` client: /api/chat, /api/generate, /api/tags, /api/show, /api/version.
import { Ollama } from "ollama";
import { BASE, check, eq, has, KEY, LOOSE, MODEL, ok, PNG, run, SCHEMA, thrown, WEATHER } from "./_lib.mjs";

const c = new Ollama({ host: BASE, headers: { Authorization: `Bearer ${KEY}` } });
const u = (content, more = {}) => [{ role: "user", content, ...more }];
const ask = (text, more = {}) => c.chat({ model: MODEL, messages: u(text), ...more });
const tools = [
  { type: "function", function: { name: "get_weather", description: "w", parameters: WEATHER } },
];
const options = { num_predict: 64 };
const counted = (r) =>
  ok(
    Number.isInteger(r.prompt_eval_count) && Number.isInteger(r.eval_count) && r.total_duration >= 0,
    `usage missing: ${JSON.stringify(r)}`,
  );
const all = async (stream) => {
  const parts = [];
  for await (const part of await stream) parts.push(part);
  return parts;
};

check("chat text", async () => {
  const r = await ask("PING-TEXT", { options });
  has(r.message.content, "pong");
  eq(r.message.role, "assistant");
  eq(r.done, true);
  ok(["stop", "length"].includes(r.done_reason), r.done_reason);
  ok(r.model);
  ok(!Number.isNaN(Date.parse(r.created_at)), r.created_at);
  counted(r);
});
check("chat stream", async () => {
  const parts = await all(ask("PING-TEXT", { stream: true, options }));
  const text = parts.map((part) => part.message.content).join("");
  if (LOOSE) ok(text);
  else has(text, "pong from the mock: héllo 世界 😀");
  eq(
    parts.map((part) => part.done),
    parts.map((_, at) => at === parts.length - 1),
  );
  ok(["stop", "length"].includes(parts.at(-1).done_reason), parts.at(-1).done_reason);
  counted(parts.at(-1));
});
check(
  "chat usage scripted",
  async () => {
    const r = await ask("PING-USAGE");
    eq([r.prompt_eval_count, r.eval_count], [11, 7]);
    const last = (await all(ask("PING-USAGE", { stream: true }))).at(-1);
    eq([last.prompt_eval_count, last.eval_count], [11, 7]);
  },
  { scripted: true },
);
check("chat system, options and keep_alive accepted", async () => {
  const r = await c.chat({
    model: MODEL,
    messages: [{ role: "system", content: "brief" }, ...u("PING-TEXT")],
    options: { temperature: 0, top_p: 1, top_k: 5, seed: 7, stop: ["ZZZ"], num_ctx: 4096, num_predict: 64 },
    keep_alive: "5m",
  });
  has(r.message.content, "pong");
});
check(
  "chat tool round trip",
  async () => {
    const messages = u("PING-TOOL weather in Oslo?");
    const r = await c.chat({ model: MODEL, messages, tools });
    const call = r.message.tool_calls[0];
    eq(call.function.name, "get_weather");
    eq(call.function.arguments, { city: "Oslo" });
    const result = { role: "tool", tool_name: "get_weather", content: '{"c":7}' };
    const r2 = await c.chat({ model: MODEL, messages: [...messages, r.message, result], tools });
    has(r2.message.content, "It is 7 degrees");
  },
  { scripted: true },
);
check(
  "chat tool stream",
  async () => {
    const parts = await all(ask("PING-TOOL weather in Oslo?", { tools, stream: true }));
    const calls = parts.flatMap((part) => part.message.tool_calls ?? []);
    eq(
      calls.map((call) => call.function.arguments),
      [{ city: "Oslo" }],
    );
    eq(parts.at(-1).done_reason, "stop");
  },
  { scripted: true },
);
check(
  "chat parallel tools stream",
  async () => {
    const parts = await all(ask("PING-PAR", { tools, stream: true }));
    const calls = parts.flatMap((part) => part.message.tool_calls ?? []);
    eq(
      calls.map((call) => call.function.arguments.city),
      ["Oslo", "Rome"],
    );
    has(parts.map((part) => part.message.content).join(""), "both");
  },
  { scripted: true },
);
check(
  "chat json schema (format)",
  async () =>
    eq(JSON.parse((await ask("PING-JSON", { format: SCHEMA })).message.content), { name: "Ada", age: 36 }),
  { scripted: true },
);
check(
  'chat format "json"',
  async () =>
    eq(JSON.parse((await ask("PING-JSON", { format: "json" })).message.content), { name: "Ada", age: 36 }),
  { scripted: true },
);
check(
  "chat image",
  async () => {
    const r = await c.chat({ model: MODEL, messages: u("PING-IMAGE", { images: [PNG] }) });
    has(r.message.content, "red pixel");
  },
  { scripted: true },
);
check(
  "chat thinking",
  async () => {
    const r = await ask("PING-THINK", { think: true });
    has(r.message.content, "answer is 4");
    ok(r.message.thinking?.includes("Two plus two"), `thinking: ${JSON.stringify(r.message)}`);
  },
  { scripted: true },
);
check(
  "chat thinking stream",
  async () => {
    const parts = await all(ask("PING-THINK", { think: true, stream: true }));
    const of = (field) => parts.map((part) => part.message[field] ?? "").join("");
    has(of("content"), "answer is 4");
    has(of("thinking"), "Two plus two");
  },
  { scripted: true },
);
check("generate, whole", async () => {
  const r = await c.generate({ model: MODEL, prompt: "PING-TEXT", system: "brief", options });
  has(r.response, "pong");
  eq(r.done, true);
  counted(r);
});
check("generate, streamed", async () => {
  const parts = await all(c.generate({ model: MODEL, prompt: "PING-TEXT", stream: true, options }));
  has(parts.map((part) => part.response).join(""), "pong");
  eq(parts.at(-1).done, true);
  counted(parts.at(-1));
});
check(
  "generate, JSON schema and image",
  async () => {
    const json = await c.generate({ model: MODEL, prompt: "PING-JSON", format: SCHEMA });
    eq(JSON.parse(json.response), { name: "Ada", age: 36 });
    const seen = await c.generate({ model: MODEL, prompt: "PING-IMAGE", images: [PNG] });
    has(seen.response, "red pixel");
  },
  { scripted: true },
);
for (const code of [400, 401, 404, 429, 500, 503]) {
  for (const stream of [false, true]) {
    check(
      `error ${code} is ResponseError${stream ? " (stream)" : ""}`,
      async () => {
        const e = await thrown(async () => {
          const r = await ask(`PING-${code}`, { stream });
          if (stream) await all(r);
        });
        eq(e.name, "ResponseError", `${e.name} ${e.message}`);
        eq(e.status_code, code);
        ok(
          typeof e.error === "string" && !/^Error \d+:/.test(e.error),
          `message taken from the body: ${e.error}`,
        );
      },
      { scripted: true },
    );
  }
}
check("abort mid-stream", async () => {
  const stream = await c.chat({ model: MODEL, messages: u("PING-LONG"), stream: true });
  const t0 = Date.now();
  let n = 0;
  try {
    for await (const _ of stream) if (++n === 3) stream.abort();
  } catch (e) {
    ok(/abort/i.test(e.name + e.message), e.message);
  }
  ok(n >= 3 && n < 12, `parts seen ${n}`);
  ok(Date.now() - t0 < 5000);
});
check("server keeps serving after the abort", async () => ok((await ask("PING-TEXT", { options })).message));
check(
  "stream cut by the server is an error",
  async () => {
    await thrown(async () => all(ask("PING-CUT", { stream: true })));
  },
  { scripted: true },
);
check("models list (tags)", async () => {
  const { models } = await c.list();
  ok(models.length > 0);
  ok(models[0].name && models[0].model && models[0].details, JSON.stringify(models[0]));
});
check("model details (show)", async () => {
  const r = await c.show({ model: MODEL });
  ok(Array.isArray(r.capabilities) && r.details, JSON.stringify(r));
});
check("version", async () => ok(/^\d+\.\d+/.test((await c.version()).version)));
await run();
