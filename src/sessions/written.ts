import * as z from "zod/mini";
import type { Message, Params, Part, Role } from "../core/chat.ts";
import { isObject, parseJson } from "../core/json.ts";

/** The shape of what is written. A reader takes what it knows of a newer one. */
const VERSION = 1;

const SETUP = z.object({
  target: z.optional(z.object({ kind: z.enum(["profile", "model"]), name: z.string() })),
  system: z.optional(z.string()),
  params: z.optional(z.record(z.string(), z.json())),
});

/** How a conversation asks, and goes on asking when it is continued. */
export type Setup = Omit<z.output<typeof SETUP>, "params"> & { readonly params?: Params | undefined };

const text = z.optional(z.string());
const number = z.optional(z.number());

const RESULT = z.object({
  requestId: z.string(),
  profile: text,
  member: text,
  backend: text,
  backendType: z.optional(z.enum(["local", "cloud"])),
  model: text,
  /** Whether the first candidate did not answer. */
  degraded: z.boolean(),
  chainLog: z.array(z.string()),
  finishReason: text,
  usage: z.optional(
    z.object({
      input: z.number(),
      cacheRead: z.number(),
      cacheWrite: z.number(),
      output: z.number(),
      reasoning: z.number(),
      estimated: z.boolean(),
    }),
  ),
  costUsd: number,
  /** Milliseconds until first content, from the beginning of the attempt that answered. */
  firstContentMs: number,
  /** Milliseconds. */
  durationMs: z.number(),
  /** Why no answer came, or why it broke off. */
  error: z.optional(z.object({ code: z.string(), message: z.string() })),
});

/** Who answered a prompt, and what it took; in words that other versions of nexus may have chosen. */
export type TurnResult = z.output<typeof RESULT>;

/** A message as it is kept. */
export function writeMessage(message: Message): string {
  return written(message);
}

/** A kept message; undefined when that is none. Parts of kinds that this nexus does not know stay in it. */
export function readMessage(kept: string | undefined): Message | undefined {
  const told = parseJson(kept ?? "");
  if (!isObject(told) || !isRole(told["role"]) || !Array.isArray(told["parts"])) return undefined;
  return { role: told["role"], parts: told["parts"].filter(isPart) };
}

/** A setup as it is kept. */
export function writeSetup(setup: Setup): string {
  return written(setup);
}

/** A kept setup; an empty one when it cannot be read. */
export function readSetup(kept: string | undefined): Setup {
  return SETUP.safeParse(parseJson(kept ?? "")).data ?? {};
}

/** What became of a turn, as it is kept. */
export function writeResult(result: TurnResult): string {
  return written(result);
}

/** What is kept of a turn's end; undefined when it cannot be read. */
export function readResult(kept: string | undefined): TurnResult | undefined {
  return RESULT.safeParse(parseJson(kept ?? "")).data;
}

function written(what: object): string {
  return JSON.stringify({ v: VERSION, ...what });
}

const ROLES = { system: true, user: true, assistant: true, tool: true } satisfies Record<Role, true>;

function isRole(role: unknown): role is Role {
  return typeof role === "string" && Object.hasOwn(ROLES, role);
}

/** What nexus wrote is taken at its word, so that a kind of part that came later is not lost. */
function isPart(part: unknown): part is Part {
  return isObject(part) && typeof part["type"] === "string";
}
