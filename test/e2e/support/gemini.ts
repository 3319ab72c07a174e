import type { RunningServer } from "./server.ts";

/** How the Gemini door is asked. */
export interface Asking {
  readonly verb?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A conversation that every backend takes, with more fields beside it. */
export function saying(text: string, more: object = {}): object {
  return { contents: [{ role: "user", parts: [{ text }] }], ...more };
}

/** Asks the Gemini door; `verb` may bring its query, and is `generateContent` by default. */
export function askGemini(
  { url }: RunningServer,
  model: string,
  body: object | string,
  { verb = "generateContent", headers = {} }: Asking = {},
): Promise<Response> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const path = `/v1beta/models/${encodeURIComponent(model)}:${verb}`;
  return fetch(`${url}${path}`, { method: "POST", body: text, headers });
}

/** The objects of a stream of events. */
export function objectsOf(text: string) {
  return text
    .split("\r\n\r\n")
    .filter((one) => one.startsWith("data:"))
    .map((one) => JSON.parse(one.slice("data:".length)));
}
