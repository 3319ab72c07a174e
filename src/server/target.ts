import type { IncomingMessage } from "node:http";

/** The path that is asked for: an absolute target that names the host it was sent to is as good as its path. */
export function targetOf({
  url = "",
  headers: { host = "" },
}: Pick<IncomingMessage, "url" | "headers">): string {
  if (url.startsWith("/")) return url;
  const own = `http://${host}`;
  return url.toLowerCase().startsWith(`${own.toLowerCase()}/`) ? url.slice(own.length) : url;
}
