import { type Failure, malformed } from "../core/failure.ts";
import { oneLine } from "../core/text.ts";
import type { Address } from "./address.ts";
import type { Head } from "./exchange.ts";

/** Why an answer's status and headers already rule out that it can be used. Error statuses, which can be read, have none. */
export function unusable(head: Head, from: Address): Failure | undefined {
  const { status, headers } = head;
  const coding = codingOf(head);
  if (status === 204 || status === 205 || status === 304) return malformed("empty response");
  if (status >= 300 && status < 400) return malformed(redirectMessage(status, headers["location"], from));
  if (status < 200 || status > 599) return malformed(`an impossible HTTP status, ${status}`);
  if (status < 300 && coding !== undefined) {
    return malformed(`compressed (${oneLine(coding, 20)}), although that was not asked for`);
  }
  return undefined;
}

/** The coding of a body that cannot be read as it is. */
export function codingOf({ headers }: Head): string | undefined {
  const stated = headers["content-encoding"];
  if (stated === undefined) return undefined;
  const coding = String(stated).trim();
  return coding === "" || coding.toLowerCase() === "identity" ? undefined : coding;
}

/** Only the origin is told: paths and queries of redirects carry tokens. */
function redirectMessage(
  status: number,
  location: Head["headers"][string],
  { origin, path }: Address,
): string {
  const here = origin + path;
  const target =
    typeof location === "string" && URL.canParse(location, here) ? new URL(location, here).origin : "";
  const where = target === "" || target === "null" ? "" : ` to ${target}`;
  return `redirected (${status})${where}, which is not followed; is the backend's url right?`;
}
