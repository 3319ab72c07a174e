import type { ImagePart, Message, Part, TextPart, ToolCallPart, ToolResultPart } from "../../core/chat.ts";
import { isJsonObject, parseJson } from "../../core/json.ts";
import { resultsFirst } from "../results-first.ts";
import { generationOf } from "./generation.ts";
import { UNSIGNED } from "./signature.ts";
import { wireName } from "./tools.ts";

/** One turn as Gemini has it. */
interface Content {
  readonly role: "user" | "model";
  readonly parts: object[];
}

/** What stands where Gemini wants something said by the user, and nothing was. */
const NOTHING = { text: " " };

/** Where Google keeps files that were uploaded to it; other addresses it does not fetch. */
const GOOGLE_FILE = /^https:\/\/generativelanguage\.googleapis\.com\//i;

/** Whether an address is that of a file that Google has. */
export function isGoogleFile(address: string): boolean {
  return GOOGLE_FILE.test(address);
}

/** https://ai.google.dev/gemini-api/docs/image-understanding#supported-formats */
const MEDIA: ReadonlySet<string> = new Set([
  "image/png",
  "image/jpeg",
  "image/webp",
  "image/heic",
  "image/heif",
]);

/** Whether an image can be sent: written into the request in a format that Google takes, or a file that Google has. */
export function isSendableImage({ media, data }: ImagePart): boolean {
  return media === undefined ? isGoogleFile(data) : MEDIA.has(media.toLowerCase());
}

/**
 * The conversation in turns of user and model, and the system text apart. Every call gets exactly one result in the turn after it,
 * as Gemini demands: https://ai.google.dev/gemini-api/docs/function-calling
 */
export function encodeContents(messages: readonly Message[], model: string): object {
  const system: object[] = [];
  const contents: Content[] = [];
  /** Calls that wait for their results, and those that have come. */
  let open: ToolCallPart[] = [];
  let responses: object[] = [];

  function say(role: Content["role"], parts: readonly object[]): void {
    if (parts.length === 0) return;
    const last = contents.at(-1);
    if (last?.role === role) last.parts.push(...parts);
    else contents.push({ role, parts: [...parts] });
  }

  /**
   * Results stand last in the user's turn: from 3.6 on anything behind them is refused, in the words "Requests ending with a model turn
   * are not supported". https://github.com/agentgateway/agentgateway/issues/2811, https://github.com/google/oss-rebuild/pull/1559
   */
  function closeCalls(): void {
    say("user", [...responses, ...open.map((call) => functionResponse(call, { error: "no result" }))]);
    open = [];
    responses = [];
  }

  function takeResult(result: ToolResultPart): void {
    const call = open.find(({ id }) => id === result.id);
    const images = result.content.flatMap((part) => (part.type === "image" ? encodeImage(part) : []));
    const text = textOf(result);
    if (call === undefined) say("user", text === "" ? [] : [{ text }]);
    else responses.push(functionResponse(call, responseOf(result, text)));
    say("user", images);
    open = open.filter((other) => other !== call);
  }

  for (const { role, parts } of resultsFirst(messages)) {
    if (role === "system") {
      system.push(...parts.flatMap((part) => (part.type === "text" ? encodeText(part) : [])));
    } else if (role === "assistant") {
      closeCalls();
      if (contents.length === 0) say("user", [NOTHING]);
      say("model", encodeModelTurn(parts, generationOf(model) >= 2.5));
      open = parts.filter((part) => part.type === "tool-call");
    } else {
      for (const part of parts) if (part.type === "tool-result") takeResult(part);
      say("user", parts.flatMap(encodeUserPart));
    }
  }
  closeCalls();
  if (contents.length === 0) say("user", [NOTHING]);
  return { ...(system.length > 0 && { systemInstruction: { parts: system } }), contents };
}

/** What signs reasoning stands on the text after it, or on a part of its own; thoughts themselves are not read back. */
function encodeModelTurn(parts: readonly Part[], signs: boolean): object[] {
  const encoded: object[] = [];
  let signature: string | undefined;
  let signedStep = false;
  for (const part of parts) {
    if (part.type === "reasoning" && part.proof?.dialect === "gemini") {
      if (signature !== undefined) encoded.push({ text: "", thoughtSignature: signature });
      signature = part.proof.data;
    } else if (part.type === "text" && part.text !== "") {
      encoded.push({ text: part.text, ...(signature !== undefined && { thoughtSignature: signature }) });
      signature = undefined;
    } else if (part.type === "image") {
      encoded.push(...encodeImage(part));
    } else if (part.type === "tool-call") {
      const own = part.proof?.dialect === "gemini" ? part.proof.data : undefined;
      // Of parallel calls only the first is signed.
      const thoughtSignature = own ?? (signs && !signedStep ? UNSIGNED : undefined);
      signedStep = true;
      const functionCall = { ...idOf(part.id), name: wireName(part.name), args: argumentsOf(part.arguments) };
      encoded.push({ functionCall, ...(thoughtSignature !== undefined && { thoughtSignature }) });
    }
  }
  if (signature !== undefined) encoded.push({ text: "", thoughtSignature: signature });
  return encoded;
}

function encodeUserPart(part: Part): object[] {
  if (part.type === "text") return encodeText(part);
  return part.type === "image" ? encodeImage(part) : [];
}

/** Gemini refuses empty text. */
function encodeText({ text }: TextPart): object[] {
  return text === "" ? [] : [{ text }];
}

function encodeImage(part: ImagePart): object[] {
  if (part.media !== undefined) return [{ inlineData: { mimeType: part.media, data: part.data } }];
  return isSendableImage(part) ? [{ fileData: { fileUri: part.data } }] : [];
}

/** An object, as Gemini wants it; what is none stands in one. */
function argumentsOf(text: string): object {
  if (text.trim() === "") return {};
  const parsed = parseJson(text);
  return isJsonObject(parsed) ? parsed : { arguments: text };
}

/** Results are found by the name of their call. */
function functionResponse({ id, name }: ToolCallPart, response: object): object {
  return { functionResponse: { ...idOf(id), name: wireName(name), response } };
}

function idOf(id: string): object {
  return id === "" ? {} : { id };
}

function textOf({ content }: ToolResultPart): string {
  return content.map((part) => (part.type === "text" ? part.text : "")).join("");
}

/** `error` tells the model that a call went wrong. */
function responseOf({ failed }: ToolResultPart, text: string): object {
  if (failed) return { error: text };
  const parsed = parseJson(text);
  return isJsonObject(parsed) ? parsed : { result: text };
}
