import type { RunningServer } from "./server.ts";

/** What every client of Anthropic's says. */
export const VERSION = { "anthropic-version": "2023-06-01" };

/** Asks the Anthropic door; `path` is `/v1/messages` by default, and everything else a header. */
export function askAnthropic(
  { url }: Pick<RunningServer, "url">,
  body: object | string,
  { path = "/v1/messages", ...headers }: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return fetch(`${url}${path}`, { method: "POST", headers: { ...VERSION, ...headers }, body: text });
}

/** A conversation that every backend takes, with more fields beside it. */
export function saying(model: string, more: object = {}): object {
  return { model, max_tokens: 64, messages: [{ role: "user", content: "Hello?" }], ...more };
}
