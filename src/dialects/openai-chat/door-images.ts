import type { ImagePart } from "../../core/chat.ts";
import { isJsonObject, type JsonObject } from "../../core/json.ts";
import { readCacheMark } from "../cache-control.ts";
import { type Complaints, member, textOf } from "../checks.ts";
import { readImageAddress } from "../image-address.ts";

/** An image part. */
export function readImage(part: JsonObject, path: string, complaints: Complaints): ImagePart[] {
  const image = member(part, "image_url");
  // Some servers and clients write the address without an object around it.
  if (!isJsonObject(image) && typeof image !== "string") {
    complaints.add(`${path}.image_url`, "has to be an object with a url");
    return [];
  }
  const where = typeof image === "string" ? `${path}.image_url` : `${path}.image_url.url`;
  const url = typeof image === "string" ? image : textOf(image, "url", `${path}.image_url`, complaints);
  const detail = typeof image === "string" ? undefined : member(image, "detail");
  const cache = readCacheMark(part);
  const more = { ...(typeof detail === "string" && { detail }), ...(cache !== undefined && { cache }) };
  return readImageAddress(url, where, complaints).map((read) => ({ ...read, ...more }));
}
