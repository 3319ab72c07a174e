import type { ChatRequest } from "../../core/chat.ts";
import { Problem } from "../../core/problem.ts";
import { decodeRequest } from "../../dialects/openai-chat/door-request.ts";
import type { App } from "../app.ts";
import { readBytes } from "../chat/attachments.ts";

/**
 * Reads the body of an OpenAI chat request, as a client would send it to `nexus serve`. Throws `Problem` (input) naming the
 * file and what is wrong in it.
 */
export async function readRequestFile(
  file: string,
  at: Pick<App, "cwd">,
): Promise<{ readonly model: string; readonly request: ChatRequest }> {
  const read = decodeRequest(await readBytes("--file", file, at));
  if (!read.ok) throw new Problem("input", read.code, `--file ${file}: ${read.message}`);
  return { model: read.model, request: read.request };
}
