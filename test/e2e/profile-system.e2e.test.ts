import { expect, it } from "vitest";
import { BACKENDS } from "../matrix/backends.ts";
import { askAnthropic, saying } from "./support/anthropic.ts";
import { backend } from "./support/backends.ts";
import { askGemini, saying as sayingToGemini } from "./support/gemini.ts";
import { asking, type RunningServer, serve } from "./support/server.ts";
import { failoverWorkspace } from "./support/workspace.ts";

const env = { SOME_KEY: "sk-made-up" };

/** Each door asked for this profile, where the backend speaks its language. */
const DOORS = {
  "openai-chat": (server: RunningServer, model: string, own: boolean) =>
    server.chat(
      asking(
        model,
        own
          ? {
              messages: [
                { role: "system", content: "OWN" },
                { role: "user", content: "x" },
              ],
            }
          : {},
      ),
    ),
  "openai-responses": ({ url }: RunningServer, model: string, own: boolean) =>
    fetch(`${url}/v1/responses`, {
      method: "POST",
      body: JSON.stringify({ model, input: "x", ...(own && { instructions: "OWN" }) }),
    }),
  anthropic: (server: RunningServer, model: string, own: boolean) =>
    askAnthropic(server, saying(model, own ? { system: "OWN" } : {})),
  gemini: (server: RunningServer, model: string, own: boolean) =>
    askGemini(
      server,
      model,
      sayingToGemini("x", own ? { systemInstruction: { parts: [{ text: "OWN" }] } } : {}),
    ),
  ollama: ({ url }: RunningServer, model: string, own: boolean) =>
    fetch(`${url}/api/generate`, {
      method: "POST",
      body: JSON.stringify({ model, prompt: "x", ...(own && { system: "OWN" }) }),
    }),
} as const;

it.each(Object.entries(DOORS))(
  "a profile's system text goes along with the caller's own bytes: %s",
  async (dialect, ask) => {
    const row = BACKENDS.find((one) => one.dialect === dialect);
    const one = await backend(row && { dialect: row.dialect });
    const space = await failoverWorkspace({
      one: { url: one.url, record: { ...row?.record, api_key_env: "SOME_KEY" } },
    });
    await space.profile("brief", {
      version: 1,
      type: "model",
      backend: "one",
      model: "m",
      params: {},
      system: "BE-BRIEF",
    });
    const server = await serve(space, [], { env });
    expect((await ask(server, "brief", false)).status).toBe(200);
    expect((await ask(server, "brief", true)).status).toBe(200);
    expect(one.chats[0]?.rawBody).toContain("BE-BRIEF");
    expect(one.chats[1]?.rawBody).toContain("OWN");
    expect(one.chats[1]?.rawBody).not.toContain("BE-BRIEF");
  },
);
