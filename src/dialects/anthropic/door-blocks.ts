import type { ImagePart, Part, TextPart, ToolResultPart } from "../../core/chat.ts";
import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import { readCacheMark } from "../cache-control.ts";
import { type Complaints, member, objectsOf, textOf } from "../checks.ts";
import { isBase64, isBitmap } from "../images.ts";
import { readCallId, readSignature } from "./door-proofs.ts";

/** Reads what a message says, as text or as blocks. What only Anthropic understands is noted as a gap. */
export function createBlockReader(
  complaints: Complaints,
  gap: (path: string) => void,
): (content: Json | undefined, path: string) => readonly Part[] {
  return readContent;

  function readContent(content: Json | undefined, path: string): readonly Part[] {
    if (typeof content === "string") return content === "" ? [] : [{ type: "text", text: content }];
    if (Array.isArray(content)) {
      return objectsOf(content, path, complaints).flatMap((one) => readBlock(one.object, one.path));
    }
    complaints.add(path, "has to be text or a list of blocks");
    return [];
  }

  function readBlock(block: JsonObject, path: string): readonly Part[] {
    switch (textOf(block, "type", path, complaints)) {
      case "text":
        return readText(block, path);
      case "image":
        return readImage(block, path);
      case "document":
        return readDocument(block, path);
      case "tool_use":
        return [readCall(block, path)];
      case "tool_result":
        return [readResult(block, path)];
      case "thinking": {
        const signature = member(block, "signature");
        const text = textOf(block, "thinking", path, complaints);
        return reasoning(text, typeof signature === "string" ? signature : "");
      }
      case "redacted_thinking":
        return readRedacted(textOf(block, "data", path, complaints));
      default:
        gap(path);
        return [];
    }
  }

  function readText(block: JsonObject, path: string): TextPart[] {
    const text = textOf(block, "text", path, complaints);
    return text === "" ? [] : [{ type: "text", text, ...markOf(block) }];
  }

  /** Only http(s) addresses, which the backend fetches and nexus never does, and images written into the request itself. */
  function readImage(block: JsonObject, path: string): ImagePart[] {
    const source = member(block, "source");
    const where = `${path}.source`;
    if (!isJsonObject(source)) {
      complaints.add(where, "has to be an object with a type");
      return [];
    }
    switch (textOf(source, "type", where, complaints)) {
      case "base64": {
        const media = textOf(source, "media_type", where, complaints);
        const data = textOf(source, "data", where, complaints);
        if (!isBitmap(media)) complaints.add(`${where}.media_type`, "has to be that of an image, and no SVG");
        if (!isBase64(data)) complaints.add(`${where}.data`, "is not valid base64");
        return [{ type: "image", media: media.toLowerCase(), data, ...markOf(block) }];
      }
      case "url": {
        const url = textOf(source, "url", where, complaints);
        if (/^https?:\/\/./i.test(url)) return [{ type: "image", data: url, ...markOf(block) }];
        complaints.add(`${where}.url`, "has to be an http(s) address", "image_url_forbidden");
        return [];
      }
      default:
        gap(path);
        return [];
    }
  }

  /** A document of plain text says what it says as text, too; quotations of it only Anthropic marks. */
  function readDocument(block: JsonObject, path: string): TextPart[] {
    const source = member(block, "source");
    const citations = member(block, "citations");
    const cites = isJsonObject(citations) && member(citations, "enabled") === true;
    if (isJsonObject(source) && member(source, "type") === "text" && !cites) {
      const named = ["title", "context"].flatMap((name) => member(block, name) ?? []);
      const said = [
        ...named.filter((one) => typeof one === "string"),
        textOf(source, "data", `${path}.source`, complaints),
      ];
      return [{ type: "text", text: said.join("\n\n"), ...markOf(block) }];
    }
    gap(path);
    return [];
  }

  function readCall(block: JsonObject, path: string): Part {
    const input = member(block, "input");
    if (!isJsonObject(input)) complaints.add(`${path}.input`, "has to be an object");
    return {
      type: "tool-call",
      ...readCallId(textOf(block, "id", path, complaints)),
      name: textOf(block, "name", path, complaints),
      arguments: JSON.stringify(input ?? {}),
    };
  }

  function readResult(block: JsonObject, path: string): ToolResultPart {
    const said = member(block, "content") ?? "";
    const { id } = readCallId(textOf(block, "tool_use_id", path, complaints));
    return {
      type: "tool-result",
      id,
      content: readContent(said, `${path}.content`).filter(
        (part) => part.type === "text" || part.type === "image",
      ),
      ...(member(block, "is_error") === true && { failed: true }),
      ...markOf(block),
    };
  }
}

function markOf(block: JsonObject): Pick<TextPart, "cache"> {
  const cache = readCacheMark(block);
  return cache === undefined ? {} : { cache };
}

function reasoning(text: string, signature: string): Part[] {
  const proof = readSignature(signature);
  if (text === "" && proof === undefined) return [];
  return [{ type: "reasoning", text, ...(proof !== undefined && { proof }) }];
}

function readRedacted(data: string): Part[] {
  const proof = readSignature(data);
  if (proof === undefined) return [];
  return [
    {
      type: "reasoning",
      text: "",
      proof: proof.dialect === "anthropic" ? { ...proof, redacted: true } : proof,
    },
  ];
}
