import path from "node:path";
import { LLMock } from "@copilotkit/aimock";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { BACKENDS } from "../matrix/backends.ts";
import { asking, serve } from "./support/server.ts";
import { failoverWorkspace, workspace } from "./support/workspace.ts";

/** Nobody listens on port 1 of a machine that is still in its senses. */
const DEAD = "http://127.0.0.1:1";

/** A server that shares none of our ideas of what a server does. */
const aimock = new LLMock({ port: 0, host: "127.0.0.1" });

beforeAll(async () => {
  aimock.loadFixtureFile(path.join(import.meta.dirname, "../clients/aimock.json"));
  await aimock.start();
});

afterAll(() => aimock.stop());

function deadThenAimock(settings: object = {}) {
  return failoverWorkspace({ dead: { url: DEAD }, live: { url: aimock.url } }, settings);
}

describe("a backend that nobody here wrote", () => {
  it("X-01 A003-10 does the main job with the documented commands, failing over from a dead port", async () => {
    const space = await workspace();
    for (const line of [
      `backend add ${DEAD} --type generic --name dead`,
      `backend add ${aimock.url} --type generic --name live`,
      "profile save model first --backend dead --model m1",
      "profile save model second --backend live --model m2",
      "profile save loadbalancer failover-lb failover first second",
    ]) {
      const saved = await space.nexus(line.split(" "));
      expect(saved, line).toMatchObject({ code: 0 });
    }
    const run = await space.nexus(["chat", "--profile", "failover-lb", "PING-TEXT"]);
    expect(run).toMatchObject({ code: 0, stdout: "pong from the mock: héllo 世界 😀\n" });
    expect(run.stderr).toContain("nexus: chain: first: failed (ECONNREFUSED) -> second: success\n");
    expect(run.stderr).toMatch(/^nexus: answered by: m2 @ live \(local\)/m);
  });

  it("answers the same streamed and unstreamed", async () => {
    const space = await deadThenAimock();
    const streamed = await space.nexus(["chat", "-p", "lb", "PING-TEXT"]);
    const whole = await space.nexus(["chat", "-p", "lb", "--no-stream", "PING-TEXT"]);
    expect(streamed).toMatchObject({ code: 0, stdout: "pong from the mock: héllo 世界 😀\n" });
    expect(whole).toMatchObject({ code: 0, stdout: streamed.stdout });
  });

  it("has its reported usage read", async () => {
    const space = await deadThenAimock();
    const run = await space.nexus(["chat", "-p", "lb", "--json", "--no-stream", "PING-USAGE"]);
    const result: unknown = JSON.parse(run.stdout);
    expect(result).toMatchObject({
      answer: "counted",
      final_model: "m-live",
      backend: "live",
      fallback_used: true,
    });
    expect(run.stderr).toContain("11 in, 7 out");
  });

  it.each([
    // It asks for a second, which is worth the wait where there is nobody else: the member is asked once more.
    ["PING-429", "rate limited -> live: rate limited", 5],
    ["PING-503", "failed (503 The engine is overloaded)", 5],
    ["PING-401", "auth failed", 4],
  ])("is told apart by its failures: %s is `%s`", async (prompt, entry, code) => {
    const space = await failoverWorkspace({ live: { url: aimock.url } });
    const run = await space.nexus(["chat", "-p", "live", "--timeout", "5", prompt]);
    expect(run).toMatchObject({ code, stdout: "" });
    expect(run.stderr).toContain(`nexus: chain: live: ${entry}\n`);
  });

  it("A003-16 that cuts its stream after content ends the run with exit code 7 and no second answer", async () => {
    const space = await failoverWorkspace({ live: { url: aimock.url }, spare: { url: aimock.url } });
    const run = await space.nexus(["chat", "-p", "lb", "PING-CUT"]);
    expect(run.code).toBe(7);
    expect("This answer is going to be cut in the middle of the stream by the server.").toContain(
      run.stdout.trim(),
    );
    expect(run.stderr).not.toContain("spare");
  });
});

describe.each(BACKENDS)(
  "a backend that nobody here wrote, asked as $dialect, behind a dead one",
  ({ record }) => {
    const env = { LIVE_KEY: "sk-of-the-live" };
    const space = () =>
      failoverWorkspace({
        dead: { url: DEAD },
        live: { url: aimock.url, record: { ...record, api_key_env: "LIVE_KEY" } },
      });

    it.each(["", "--no-stream"])("X-01 answers nexus chat %s", async (flag) => {
      const flags = flag === "" ? [] : [flag];
      const run = await (await space()).nexus(["chat", "-p", "lb", ...flags, "PING-TEXT"], { env });
      expect(run).toMatchObject({ code: 0, stdout: "pong from the mock: héllo 世界 😀\n" });
      expect(run.stderr).toContain("nexus: chain: dead: failed (ECONNREFUSED) -> live: success\n");
      expect(run.stderr).toMatch(/^nexus: answered by: m-live @ live /m);
    });

    it("answers nexus serve, calls tools, takes their results, and is passed over for its own failure", async () => {
      const server = await serve(await space(), [], { env });
      const weather = { type: "function", function: { name: "get_weather", parameters: { type: "object" } } };
      const asked = { ...asking("lb"), tools: [weather] };
      const question = { role: "user", content: "PING-TOOL weather in Oslo?" };
      const ask = async (body: object) => {
        const response = await server.chat(body);
        return { status: response.status, headers: response.headers, text: await response.text() };
      };

      const called = await ask({ ...asked, messages: [question] });
      expect(called.headers.get("x-nexus-chain")).toMatch(/^dead: .* -> live: success$/);
      const { message } = CALLED.parse(JSON.parse(called.text)).choices[0];
      const [call] = message.tool_calls;
      expect(JSON.parse(call.function.arguments)).toEqual({ city: "Oslo" });

      const result = { role: "tool", tool_call_id: call.id, content: "7" };
      const answered = await ask({ ...asked, stream: true, messages: [question, message, result] });
      expect(textOf(answered.text)).toBe("It is 7 degrees in Oslo.");

      const refused = await ask({ ...asked, messages: [{ role: "user", content: "PING-503" }] });
      expect(refused.status).toBe(503);
      expect(refused.text).toContain("live: 503 The engine is overloaded");
    });
  },
);

const CALLED = z.object({
  choices: z.tuple([
    z.object({
      message: z.looseObject({
        tool_calls: z.tuple([
          z.looseObject({ id: z.string(), function: z.looseObject({ arguments: z.string() }) }),
        ]),
      }),
    }),
  ]),
});

const CHUNK = z.object({
  choices: z.array(z.object({ delta: z.object({ content: z.nullish(z.string()) }) })),
});

/** The text of a stream. */
function textOf(stream: string): string {
  return [...stream.matchAll(/^data: (\{.*)$/gm)]
    .flatMap(([, data = ""]) => CHUNK.parse(JSON.parse(data)).choices)
    .map(({ delta }) => delta.content ?? "")
    .join("");
}
