import type { ContentEvent, Proof } from "../../core/chat.ts";
import { filledText, isObject } from "../../core/json.ts";
import { readThoughtSignature } from "./thought-signature.ts";

/** Puts tool calls together from the pieces they come in. */
export interface ToolCalls {
  /** The answer's id, from which missing call ids are made. */
  name(answer: string | undefined): void;
  /** What one `tool_calls` list adds. */
  take(pieces: unknown): ContentEvent[];
  /** Whether a call never got a name. */
  nameless(): boolean;
  /** Calls seen so far. */
  count(): number;
}

interface Call {
  /** Place in the order of appearance: wire indexes may have gaps. */
  readonly place: number;
  readonly wireIndex: unknown;
  /** The id as it came, which another call may have too. */
  wireId: string | undefined;
  id: string | undefined;
  name: string | undefined;
  /** Who signed it, as far as that came before the name did. */
  proof: Proof | undefined;
  /** Arguments that came before the name did. */
  held: string;
}

/** Starts with no calls. */
export function createToolCalls(): ToolCalls {
  const calls: Call[] = [];
  let answer: string | undefined;

  function find(index: unknown, id: string | undefined, name: string | undefined): Call | undefined {
    if (index === undefined)
      return id === undefined ? calls.at(-1) : calls.find((call) => call.wireId === id);
    const call = calls.findLast(({ wireIndex }) => wireIndex === index);
    return call !== undefined && isAnother(call, id, name) ? undefined : call;
  }

  function add(wireIndex: unknown): Call {
    const call = {
      place: calls.length,
      wireIndex,
      wireId: undefined,
      id: undefined,
      name: undefined,
      proof: undefined,
      held: "",
    };
    calls.push(call);
    return call;
  }

  /** The first id a call gets is its own, unless another call has it already. */
  function identify(call: Call, id: string | undefined): void {
    if (call.wireId !== undefined || id === undefined) return;
    call.wireId = id;
    if (!calls.some((other) => other.id === id)) call.id = id;
  }

  function takePiece(piece: Readonly<Record<string, unknown>>): ContentEvent[] {
    const said = isObject(piece["function"]) ? piece["function"] : {};
    const id = filledText(piece["id"]);
    const name = filledText(said["name"]);
    const index = piece["index"] ?? undefined;
    const call = find(index, id, name) ?? add(index);
    const json = argumentsText(said["arguments"]);
    if (call.name !== undefined)
      return json === "" ? [] : [{ type: "tool-call-delta", index: call.place, json }];
    identify(call, id);
    call.proof ??= readThoughtSignature(piece);
    call.held += json;
    return name === undefined ? [] : begin(call, name);
  }

  function begin(call: Call, name: string): ContentEvent[] {
    call.name = name;
    call.id ??= ["call", answer, call.place].filter((part) => part !== undefined).join("_");
    const proof = call.proof === undefined ? {} : { proof: call.proof };
    const start = { type: "tool-call-start", index: call.place, id: call.id, name, ...proof } as const;
    return call.held === ""
      ? [start]
      : [start, { type: "tool-call-delta", index: call.place, json: call.held }];
  }

  return {
    name(id) {
      answer = id;
    },
    take: (pieces) => (Array.isArray(pieces) ? pieces.filter(isObject).flatMap(takePiece) : []),
    nameless: () => calls.some((call) => call.name === undefined),
    count: () => calls.length,
  };
}

/**
 * Gemini's compatible endpoint gives every parallel call the index 0; a new id beside a name tells them apart:
 * https://ai.google.dev/gemini-api/docs/openai
 */
function isAnother(call: Call, id: string | undefined, name: string | undefined): boolean {
  return call.name !== undefined && call.wireId !== id && id !== undefined && name !== undefined;
}

/** A string in pieces, or the whole object that some servers send at once. */
function argumentsText(value: unknown): string {
  if (typeof value === "string") return value;
  return isObject(value) ? JSON.stringify(value) : "";
}
