import type { ImagePart } from "../../core/chat.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import { type Complaints, member } from "../checks.ts";
import { isBase64 } from "../images.ts";
import { areStrings } from "../value-checks.ts";

/** A text that may be missing; a complaint when it is something else. */
export function optionalText(object: JsonObject, name: string, path: string, complaints: Complaints): string {
  const value = member(object, name) ?? "";
  if (typeof value === "string") return value;
  complaints.add(path, "has to be a string");
  return "";
}

/** Images are base64 without a word of what kind they are, which their first bytes tell. */
export function readImages(list: Json | undefined, path: string, complaints: Complaints): ImagePart[] {
  if (list === undefined || list === null) return [];
  if (!areStrings(list)) {
    complaints.add(path, "has to be a list of images in base64");
    return [];
  }
  return list.map((image, at) => {
    // Some clients put the whole address of the image here.
    const data = /^data:/i.test(image.slice(0, 5)) ? image.slice(image.indexOf(",") + 1) : image;
    if (!isBase64(data)) complaints.add(`${path}[${at}]`, "is not valid base64");
    return { type: "image", media: mediaOf(data), data };
  });
}

/** How the pictures that models take begin, in base64. */
const BEGINNINGS: readonly (readonly [string, string])[] = [
  ["/9j/", "image/jpeg"],
  ["R0lGOD", "image/gif"],
  ["UklGR", "image/webp"],
];

function mediaOf(data: string): string {
  return BEGINNINGS.find(([beginning]) => data.startsWith(beginning))?.[1] ?? "image/png";
}
