import type { Complaints } from "./checks.ts";
import type { Member } from "./json-body.ts";

/** Most tools that one request may bring. */
export const MAX_TOOLS = 128;

/** Most text that describes tools, in characters. */
const MAX_TOOLS_TEXT = 1_048_576;

/** Complains where the tools of a body are described at too great length. */
export function checkToolsText(members: readonly Member[], complaints: Complaints): void {
  const written = members.find(({ key }) => key === "tools");
  if (written !== undefined && written.valueEnd - written.valueStart > MAX_TOOLS_TEXT) {
    complaints.add("tools", "is larger than 1 MiB");
  }
}
