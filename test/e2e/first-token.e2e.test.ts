import { expect, it } from "vitest";
import { BACKENDS } from "../matrix/backends.ts";
import { backend } from "./support/backends.ts";
import { asking, serve } from "./support/server.ts";
import { failoverWorkspace } from "./support/workspace.ts";

it.each(BACKENDS)(
  "the first translated word of $dialect is there before the backend has said the second",
  async ({ dialect, record }) => {
    let goOn = () => {};
    const heard = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    async function* pieces() {
      yield "One";
      await heard;
      yield " two.";
    }
    const mock = await backend({ dialect, answer: { text: "One two.", pieces: pieces() } });
    const space = await failoverWorkspace({ a: { url: mock.url, record: { ...record, api_key_env: "K" } } });
    const server = await serve(space, [], { env: { K: "sk-made-up" } });
    const response = await server.chat(asking("a", { stream: true }));
    const decoder = new TextDecoder();
    let text = "";
    for await (const bytes of response.body ?? []) {
      text += decoder.decode(bytes, { stream: true });
      // Only who has heard the first word lets the second be said: had it been held back, nothing more would ever come.
      if (text.includes('"One"')) goOn();
    }
    expect(text).toContain('" two."');
    expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
  },
);
