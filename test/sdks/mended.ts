import { request as ask, createServer } from "node:http";
import { pipeline } from "node:stream/promises";
import type { DialectName } from "../../src/core/backend.ts";
import type { Finished } from "../e2e/support/workspace.ts";

/** Where the third-party mock says something else than the service it plays, and what the service says. */
const MENDS: Readonly<Partial<Record<DialectName, readonly [string, string]>>> = {
  // https://ai.google.dev/api/generate-content#FinishReason knows no other end of a call.
  gemini: ['"finishReason":"FUNCTION_CALL"', '"finishReason":"STOP"'],
  // https://docs.ollama.com/api/chat: `message.thinking`.
  ollama: ['"reasoning_content":', '"thinking":'],
};

/** The address at which the mock speaks a dialect as the service does. */
export async function mended(mock: string, dialect: DialectName, finished: Finished): Promise<string> {
  const mend = MENDS[dialect];
  if (mend === undefined) return mock;
  const [wrong, right] = mend;
  const server = createServer((request, response) => {
    const { method, headers } = request;
    const upstream = ask(new URL(request.url ?? "/", mock), { method, headers }, (answer) => {
      const { "content-length": _length, ...rest } = answer.headers;
      response.writeHead(answer.statusCode ?? 502, rest);
      // A cut on the one side is a cut on the other.
      pipeline(answer, (source) => lines(source, (text) => text.replaceAll(wrong, right)), response).catch(
        () => {},
      );
    });
    upstream.on("error", () => response.destroy());
    response.on("close", () => upstream.destroy());
    request.pipe(upstream);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  finished(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("not listening on a port");
  return `http://127.0.0.1:${address.port}`;
}

/** Whole lines of a stream as they come, each changed. */
async function* lines(
  source: AsyncIterable<Buffer>,
  change: (text: string) => string,
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of source) {
    rest += decoder.decode(bytes, { stream: true });
    const end = rest.lastIndexOf("\n") + 1;
    if (end > 0) yield change(rest.slice(0, end));
    rest = rest.slice(end);
  }
  if (rest !== "") yield change(rest);
}
