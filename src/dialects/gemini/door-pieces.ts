import type { ChatEvent, Proof, StopReason } from "../../core/chat.ts";
import { isJsonObject, type JsonObject, parseJson } from "../../core/json.ts";
import type { Usage } from "../../core/usage.ts";
import type { AnswerIdentity, Framing } from "../dialect.ts";
import { encodeUsage } from "./door-usage.ts";
import { UNSIGNED, wrapProof } from "./signature.ts";

/** One part of what a model says. */
interface SaidPart {
  readonly text?: string;
  readonly thought?: true;
  readonly functionCall?: JsonObject;
  readonly thoughtSignature?: string;
}

/** What one `GenerateContentResponse` tells. */
export interface Piece {
  readonly parts: readonly SaidPart[];
  /** Only of the last. */
  readonly end?: { readonly finishReason: string; readonly finishMessage?: string };
  readonly usage?: Usage | undefined;
}

interface Call {
  readonly id: string;
  readonly name: string;
  readonly proof: Proof | undefined;
  json: string;
}

/**
 * Makes pieces of an answer's events. Calls of functions come whole, at its end; thoughts only for who asked to see them, while what
 * proves them stands on what follows them, as with Gemini.
 */
export function createPieces({ forAnswer }: Framing): (event: ChatEvent) => Piece | undefined {
  const showsThoughts = forAnswer?.["thoughts"] === true;
  const calls: Call[] = [];
  /** Reasoning that nothing has proven yet, and the proof that stands on nothing yet. */
  let unproven = "";
  let signature: string | undefined;

  function signed(part: SaidPart): SaidPart {
    if (signature === undefined) return part;
    const both = { ...part, thoughtSignature: signature };
    signature = undefined;
    return both;
  }

  /** Of parallel calls only the first has to be signed. */
  function callPart({ id, name, proof }: Call, args: JsonObject, first: boolean): SaidPart {
    const part = { functionCall: { id, name, args } };
    if (proof !== undefined) return { ...part, thoughtSignature: wrapProof({ text: "", proof }) };
    return first && signature === undefined ? { ...part, thoughtSignature: UNSIGNED } : signed(part);
  }

  function end(reason: StopReason, usage: Usage | undefined): Piece {
    const made = calls.filter((call) => call !== undefined);
    const parts: SaidPart[] = [];
    for (const call of made) {
      const args = argumentsOf(call.json);
      if (args === undefined) {
        const finishMessage = `the arguments of ${call.name} are no JSON object`;
        return {
          parts: [{ text: "" }],
          end: { finishReason: "MALFORMED_FUNCTION_CALL", finishMessage },
          usage,
        };
      }
      parts.push(callPart(call, args, call === made[0]));
    }
    // Google's own last piece has an empty text, too: clients read the first part of every piece.
    if (parts.length === 0 || signature !== undefined) parts.push(signed({ text: "" }));
    return { parts, end: { finishReason: FINISH[reason] }, usage };
  }

  return (event) => {
    switch (event.type) {
      case "text-delta":
      case "refusal-delta":
        return event.text === "" ? undefined : { parts: [signed({ text: event.text })] };
      case "reasoning-delta":
        unproven += event.text;
        return showsThoughts && event.text !== ""
          ? { parts: [{ text: event.text, thought: true }] }
          : undefined;
      case "reasoning-proof": {
        const before = signature === undefined ? undefined : { parts: [signed({ text: "" })] };
        signature = wrapProof({ text: unproven, proof: event.proof });
        unproven = "";
        return before;
      }
      case "tool-call-start":
        calls[event.index] = { id: event.id, name: event.name, proof: event.proof, json: "" };
        return undefined;
      case "tool-call-delta": {
        const call = calls[event.index];
        if (call !== undefined) call.json += event.json;
        return undefined;
      }
      case "response-end":
        return end(event.reason, event.usage);
      default:
        return undefined;
    }
  };
}

/**
 * Writes pieces. What is the same in all of them is made once: a stream is little else.
 * https://ai.google.dev/api/generate-content#generatecontentresponse
 */
export function pieceWriter({ id, model }: AnswerIdentity): (piece: Piece) => string {
  const tail = JSON.stringify({ modelVersion: model, responseId: id }).slice(1);
  return ({ parts, end, usage }) => {
    const ending = end === undefined ? "" : `${JSON.stringify(end).slice(1, -1)},`;
    const counts = usage === undefined ? "" : `"usageMetadata":${JSON.stringify(encodeUsage(usage))},`;
    const content = `{"role":"model","parts":${JSON.stringify(parts)}}`;
    return `{"candidates":[{"content":${content},${ending}"index":0}],${counts}${tail}`;
  };
}

/** Calls came as text and are told as objects; undefined where they are none. */
function argumentsOf(text: string): JsonObject | undefined {
  const args = text.trim() === "" ? null : parseJson(text);
  if (args === null) return {};
  return isJsonObject(args) ? args : undefined;
}

/** A call is no reason of its own: https://ai.google.dev/api/generate-content#FinishReason */
const FINISH: Readonly<Record<StopReason, string>> = {
  stop: "STOP",
  tool_calls: "STOP",
  length: "MAX_TOKENS",
  content_filter: "SAFETY",
};
