import type { ImagePart } from "../core/chat.ts";
import type { Complaints } from "./checks.ts";
import { isBase64, isBitmap } from "./images.ts";

/** `data:image/png;base64,`, with whatever parameters stand between. */
const DATA = /^data:([^;,]*)(?:;[^;,]*)*;base64,/i;

/**
 * An image by its address, or a complaint about that. Only http(s) addresses, which the backend fetches and nexus never does, and
 * images written into the request itself are taken.
 */
export function readImageAddress(url: string, path: string, complaints: Complaints): ImagePart[] {
  if (/^https?:\/\/./i.test(url)) return [{ type: "image", data: url }];
  if (!/^data:/i.test(url)) {
    complaints.add(path, "has to be an http(s) or data: address", "image_url_forbidden");
    return [];
  }
  const [head, media = ""] = DATA.exec(url.slice(0, 256)) ?? [];
  if (head === undefined || !isBitmap(media)) {
    complaints.add(path, "has to be an image in base64 (data:image/png;base64,…), and no SVG");
    return [];
  }
  const data = url.slice(head.length);
  if (!isBase64(data)) complaints.add(path, "is not valid base64");
  return [{ type: "image", media: media.toLowerCase(), data }];
}
