import { z } from "zod";
import type { Wanted } from "../../control/ask.ts";
import type { Part } from "../../core/chat.ts";
import type { JsonObject } from "../../core/json.ts";
import { Problem } from "../../core/problem.ts";

const text = z.string();
const maybe = text.exactOptional();
const json: z.ZodType<JsonObject> = z.record(text, z.json());

const part = z.discriminatedUnion("type", [
  z.object({ type: z.literal("text"), text }),
  z.object({ type: z.literal("image"), media: maybe, data: text, detail: maybe }),
  z.object({ type: z.literal("tool-call"), id: text, name: text, arguments: text }),
  z.object({ type: z.literal("tool-result"), id: text, text }),
]) satisfies z.ZodType<Part>;

const request = z.object({
  messages: z.array(
    z.object({ role: z.enum(["system", "user", "assistant", "tool"]), parts: z.array(part) }),
  ),
  tools: z.array(
    z.object({
      name: text,
      description: maybe,
      parameters: json.exactOptional(),
      strict: z.boolean().exactOptional(),
    }),
  ),
  toolChoice: z.union([z.enum(["auto", "none", "required"]), z.object({ name: text })]).exactOptional(),
  params: json,
});

const WANTED = z.object({
  profile: text.optional(),
  model: text.optional(),
  request,
  zone: z.enum(["restricted", "open"]).optional(),
  minTier: z.int().min(0).max(5).optional(),
  noFallback: z.boolean(),
}) satisfies z.ZodType<Wanted>;

/** What is to be explained, as it came over the socket. Throws a `Problem` where it is something else. */
export function readWanted(question: unknown): Wanted {
  const read = WANTED.safeParse(question);
  if (read.success) return read.data;
  throw new Problem("usage", "bad_question", "the server cannot read this question; is it another version?");
}
