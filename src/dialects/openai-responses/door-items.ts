import type { ImagePart, Message, Part, Proof, Role, TextPart } from "../../core/chat.ts";
import { filledText, isJsonObject, isObject, type Json, type JsonObject } from "../../core/json.ts";
import { type Complaints, member, objectsOf, textOf } from "../checks.ts";
import { readImageAddress } from "../image-address.ts";
import { openProof } from "../sealed-proof.ts";
import { flatName } from "./call-names.ts";
import { CUSTOM_INPUT, type NoteGap } from "./door-tools.ts";

const ROLES: ReadonlyMap<string, Role> = new Map([
  ["system", "system"],
  ["developer", "system"],
  ["user", "user"],
  ["assistant", "assistant"],
]);

/** Items without which the conversation means the same: what they found stands in the text behind them. */
const NOTES: ReadonlySet<string> = new Set(["web_search_call"]);

/**
 * The conversation. Items that one turn consists of become one message. What only the same dialect understands is noted as a gap,
 * items that a provider keeps and that are referred to by their ids included.
 */
export function readInput(input: Json | undefined, complaints: Complaints, gap: NoteGap): readonly Message[] {
  if (typeof input === "string") return [{ role: "user", parts: input === "" ? [] : [text(input)] }];
  const messages: { role: Role; parts: Part[] }[] = [];
  /** What proves calls, by their ids: it comes before them. */
  const proofs = new Map<string, Proof>();

  function say(role: Role, parts: readonly Part[]): void {
    const last = messages.at(-1);
    const goesOn = (role === "assistant" || role === "tool") && last?.role === role;
    if (goesOn) last.parts.push(...parts);
    else messages.push({ role, parts: [...parts] });
  }

  function takeCall(item: JsonObject, path: string, given: string): void {
    const id = textOf(item, "call_id", path, complaints);
    const name = textOf(item, "name", path, complaints);
    const namespace = filledText(member(item, "namespace"));
    const proof = proofs.get(id);
    const call = { type: "tool-call", id, name: flatName(name, namespace), arguments: given } as const;
    say("assistant", [{ ...call, ...(proof !== undefined && { proof }) }]);
  }

  function takeReasoning(item: JsonObject): void {
    const sealed = filledText(member(item, "encrypted_content"));
    const opened = sealed === undefined ? undefined : openProof(sealed);
    if (opened?.call !== undefined) proofs.set(opened.call, opened.proof);
    const proof = opened === undefined ? ownProof(sealed, item) : opened.call ? undefined : opened.proof;
    const said = textsOf(member(item, "summary")) || textsOf(member(item, "content"));
    if (said === "" && proof === undefined) return;
    say("assistant", [{ type: "reasoning", text: said, ...(proof !== undefined && { proof }) }]);
  }

  function take(item: JsonObject, path: string): void {
    const type = member(item, "type") ?? "message";
    switch (type) {
      case "message":
        takeMessage(item, path);
        break;
      case "reasoning":
        takeReasoning(item);
        break;
      case "function_call":
        takeCall(item, path, textOf(item, "arguments", path, complaints));
        break;
      case "custom_tool_call": {
        const given = textOf(item, "input", path, complaints);
        takeCall(item, path, JSON.stringify({ [CUSTOM_INPUT]: given }));
        break;
      }
      case "function_call_output":
      case "custom_tool_call_output": {
        const id = textOf(item, "call_id", path, complaints);
        const content = readContent(member(item, "output"), `${path}.output`);
        say("tool", [{ type: "tool-result", id, content }]);
        break;
      }
      default:
        if (typeof type === "string") gap(`input.${type}`, NOTES.has(type));
        else complaints.add(`${path}.type`, "has to be a string");
    }
  }

  function takeMessage(item: JsonObject, path: string): void {
    const role = ROLES.get(textOf(item, "role", path, complaints));
    if (role === undefined) {
      complaints.add(`${path}.role`, `has to be one of ${[...ROLES.keys()].join(", ")}`);
    } else {
      say(role, readContent(member(item, "content"), `${path}.content`));
    }
  }

  function readContent(content: Json | undefined, path: string): (TextPart | ImagePart)[] {
    if (typeof content === "string") return content === "" ? [] : [text(content)];
    if (!Array.isArray(content)) {
      complaints.add(path, "has to be text or a list of parts");
      return [];
    }
    return objectsOf(content, path, complaints).flatMap((part) => readPart(part.object, part.path));
  }

  function readPart(part: JsonObject, path: string): (TextPart | ImagePart)[] {
    const type = textOf(part, "type", path, complaints);
    switch (type) {
      case "input_text":
      case "output_text":
      case "text":
        return [text(textOf(part, "text", path, complaints))];
      case "refusal":
        return [text(textOf(part, "refusal", path, complaints))];
      case "input_image": {
        const address = member(part, "image_url");
        // Files that the provider keeps.
        if (typeof address !== "string") {
          gap(`${type}.file_id`, false);
          return [];
        }
        const detail = filledText(member(part, "detail"));
        return readImageAddress(address, `${path}.image_url`, complaints).map((image) => ({
          ...image,
          ...(detail !== undefined && detail !== "auto" && { detail }),
        }));
      }
      default:
        gap(`input.${type}`, false);
        return [];
    }
  }

  for (const { object, path } of objectsOf(input, "input", complaints)) take(object, path);
  return messages;
}

/** Reasoning items whose proof another dialect made. No backend of this one is sent them. */
export function isForeign(item: Json): boolean {
  const sealed = isJsonObject(item) ? filledText(member(item, "encrypted_content")) : undefined;
  return sealed !== undefined && openProof(sealed) !== undefined;
}

function text(said: string): TextPart {
  return { type: "text", text: said };
}

function ownProof(data: string | undefined, item: JsonObject): Proof | undefined {
  if (data === undefined) return undefined;
  const id = filledText(member(item, "id"));
  return { dialect: "openai-responses", data, ...(id !== undefined && { id }) };
}

/** Parts of a summary are paragraphs. */
function textsOf(list: Json | undefined): string {
  if (!Array.isArray(list)) return "";
  return list
    .filter(isObject)
    .map((part) => filledText(part["text"]) ?? "")
    .join("\n\n");
}
