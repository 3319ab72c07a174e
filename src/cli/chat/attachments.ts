import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import type { Part } from "../../core/chat.ts";
import { Problem } from "../../core/problem.ts";
import type { App } from "../app.ts";
import { plainText } from "./plain-text.ts";

/** Most that one file may hold, in bytes. */
const CAP = 32 * 1024 * 1024;

/** Text files with their names, to stand before the prompt. Throws `Problem` (input) naming flag and file. */
export async function readFiles(files: readonly string[], at: Pick<App, "cwd">): Promise<string> {
  const texts = await Promise.all(
    files.map(async (file) => {
      const text = plainText(await readBytes("--file", file, at), `--file ${file}`).replace(/\r?\n$/, "");
      return `<file name="${file}">\n${text}\n</file>`;
    }),
  );
  return texts.join("\n\n");
}

/** Images as parts of a message. An http(s) address is handed on, the backend fetches it. */
export function readImages(images: readonly string[], at: Pick<App, "cwd">): Promise<readonly Part[]> {
  return Promise.all(
    images.map(async (image): Promise<Part> => {
      if (/^https?:\/\//i.test(image)) return { type: "image", data: address(image) };
      const bytes = await readBytes("--image", image, at);
      const media = mediaType(bytes);
      if (media === undefined) {
        throw new Problem("input", "not_an_image", `--image ${image}: is no PNG, JPEG, GIF or WebP image`);
      }
      return { type: "image", media, data: bytes.toString("base64") };
    }),
  );
}

/** The type of an image by its first bytes, whatever its name says. */
export function mediaType(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, 12)).toString("latin1");
  if (head.startsWith("\x89PNG\r\n\x1a\n")) return "image/png";
  if (head.startsWith("\xff\xd8\xff")) return "image/jpeg";
  if (head.startsWith("GIF87a") || head.startsWith("GIF89a")) return "image/gif";
  return head.startsWith("RIFF") && head.endsWith("WEBP") ? "image/webp" : undefined;
}

function address(text: string): string {
  if (URL.canParse(text)) return text;
  throw new Problem("input", "bad_address", `--image ${text}: is no valid address`);
}

/** The bytes of a file that a flag names. Reads no further than 32 MiB: a device or a pipe may never end. Throws `Problem` (input). */
export async function readBytes(flag: string, file: string, at: Pick<App, "cwd">): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  try {
    for await (const piece of createReadStream(resolve(at.cwd, file), { end: CAP })) {
      pieces.push(piece);
      length += piece.length;
    }
  } catch (error) {
    throw new Problem("input", "file_unreadable", `${flag} ${file}: ${reasonOf(error)}`);
  }
  if (length <= CAP) return Buffer.concat(pieces);
  throw new Problem("input", "file_too_big", `${flag} ${file}: more than 32 MiB`);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return ("code" in error && REASONS[String(error.code)]) || error.message;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  EACCES: "permission denied",
  EISDIR: "is a directory",
};
