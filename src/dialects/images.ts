/** Whether a media type is one of a picture that models take; SVG is a document that can hold scripts. */
export function isBitmap(media: string): boolean {
  return /^image\/(?!svg)[a-z0-9][a-z0-9.+-]*$/i.test(media);
}

/** The decoder leaves out what is no base64, so that nothing but the length tells; it is the fastest check there is. */
export function isBase64(text: string): boolean {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const digits = text.length - padding;
  if (digits === 0 || digits % 4 === 1 || (padding > 0 && text.length % 4 !== 0)) return false;
  return Buffer.from(text, "base64").length === Math.floor((digits * 3) / 4);
}
