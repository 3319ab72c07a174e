import type { ImagePart } from "../../core/chat.ts";
import { isJsonObject, type JsonObject } from "../../core/json.ts";
import { type Complaints, member, textOf } from "../checks.ts";
import { isBase64, isBitmap } from "../images.ts";
import { readCacheMark } from "./door-cache.ts";

/** `data:image/png;base64,`, with whatever parameters stand between. */
const DATA = /^data:([^;,]*)(?:;[^;,]*)*;base64,/i;

/**
 * An image part. Only http(s) addresses, which the backend fetches and nexus never does, and images written into the request
 * itself are taken.
 */
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
  if (/^https?:\/\/./i.test(url)) return [{ type: "image", data: url, ...more }];
  if (!/^data:/i.test(url)) {
    complaints.add(where, "has to be an http(s) or data: address", "image_url_forbidden");
    return [];
  }
  const [head, media = ""] = DATA.exec(url.slice(0, 256)) ?? [];
  if (head === undefined || !isBitmap(media)) {
    complaints.add(where, "has to be an image in base64 (data:image/png;base64,…), and no SVG");
    return [];
  }
  const data = url.slice(head.length);
  if (!isBase64(data)) complaints.add(where, "is not valid base64");
  return [{ type: "image", media: media.toLowerCase(), data, ...more }];
}
