import * as z from "zod/mini";
import type { Wanted } from "../../control/ask.ts";
import { DIALECT_NAMES } from "../../core/backend.ts";
import type { Part } from "../../core/chat.ts";
import type { JsonObject } from "../../core/json.ts";
import { Problem } from "../../core/problem.ts";

const text = z.string();
const maybe = z.exactOptional(text);
const json: z.ZodMiniType<JsonObject> = z.record(text, z.json());

const yes = z.exactOptional(z.literal(true));
const cache = z.exactOptional(z.enum(["5m", "1h"]));
const proof = z.exactOptional(
  z.object({ dialect: z.enum(DIALECT_NAMES), data: text, id: maybe, redacted: yes }),
);
const plain = z.object({ type: z.literal("text"), text, cache });
const image = z.object({ type: z.literal("image"), media: maybe, data: text, detail: maybe, cache });

const part = z.discriminatedUnion("type", [
  plain,
  image,
  z.object({ type: z.literal("reasoning"), text, proof }),
  z.object({ type: z.literal("tool-call"), id: text, name: text, arguments: text, proof }),
  z.object({
    type: z.literal("tool-result"),
    id: text,
    content: z.array(z.discriminatedUnion("type", [plain, image])),
    failed: yes,
    cache,
  }),
]) satisfies z.ZodMiniType<Part>;

const request = z.object({
  messages: z.array(
    z.object({ role: z.enum(["system", "user", "assistant", "tool"]), parts: z.array(part) }),
  ),
  tools: z.array(
    z.object({
      name: text,
      description: maybe,
      parameters: z.exactOptional(json),
      strict: z.exactOptional(z.boolean()),
      cache,
    }),
  ),
  toolChoice: z.exactOptional(z.union([z.enum(["auto", "none", "required"]), z.object({ name: text })])),
  params: json,
});

const WANTED = z.object({
  profile: z.optional(text),
  model: z.optional(text),
  request,
  zone: z.optional(z.enum(["restricted", "open"])),
  minTier: z.optional(z.int().check(z.gte(0), z.lte(5))),
  noFallback: z.boolean(),
}) satisfies z.ZodMiniType<Wanted>;

/** What is to be explained, as it came over the socket. Throws a `Problem` where it is something else. */
export function readWanted(question: unknown): Wanted {
  const read = WANTED.safeParse(question);
  if (read.success) return read.data;
  throw new Problem("usage", "bad_question", "the server cannot read this question; is it another version?");
}
