import type { ImagePart } from "../../core/chat.ts";
import { isJsonObject, type JsonObject } from "../../core/json.ts";
import { type Complaints, member, textOf } from "../checks.ts";
import { isBase64, isBitmap } from "../images.ts";
import { isGoogleFile } from "./contents.ts";
import { fieldsOf } from "./door-fields.ts";

/** A picture that stands in the request. Sound, films and documents are noted as gaps: only Google takes all of them. */
export function readInline(
  part: JsonObject,
  path: string,
  complaints: Complaints,
  gap: (path: string) => void,
): readonly ImagePart[] {
  const blob = objectAt(part, "inlineData", path, complaints);
  if (blob === undefined) return [];
  const media = textOf(blob, "mimeType", path, complaints).toLowerCase();
  const stated = textOf(blob, "data", path, complaints);
  if (!isBase64(stated)) complaints.add(`${path}.data`, "is not valid base64");
  if (isBitmap(media)) return [{ type: "image", media, data: plainBase64(stated) }];
  if (media.startsWith("image/")) complaints.add(`${path}.mimeType`, "has to be of a picture, and no SVG");
  gap(path);
  return [];
}

/** Protocol buffers take the alphabet for addresses, too; other providers do not. */
function plainBase64(text: string): string {
  return /[-_]/.test(text) ? text.replaceAll("-", "+").replaceAll("_", "/") : text;
}

/** A picture by its address, which its backend fetches and nexus never does. Files that Google keeps are for Google alone. */
export function readFile(
  part: JsonObject,
  path: string,
  complaints: Complaints,
  gap: (path: string) => void,
): readonly ImagePart[] {
  const file = objectAt(part, "fileData", path, complaints);
  if (file === undefined) return [];
  const uri = textOf(file, "fileUri", path, complaints);
  const media = member(file, "mimeType");
  if (/^https?:\/\/./i.test(uri) && !isGoogleFile(uri) && typeof media === "string" && isBitmap(media)) {
    return [{ type: "image", data: uri }];
  }
  if (!/^(https?|gs):\/\/./i.test(uri)) {
    complaints.add(`${path}.fileUri`, "has to be an http(s) address", "image_url_forbidden");
  }
  gap(path);
  return [];
}

function objectAt(
  part: JsonObject,
  name: string,
  path: string,
  complaints: Complaints,
): JsonObject | undefined {
  const value = member(part, name);
  if (isJsonObject(value)) return fieldsOf(value);
  complaints.add(path, "has to be an object");
  return undefined;
}
