import type { Message } from "../core/chat.ts";
import type { AttemptInput } from "./attempt.ts";

/** The request with a profile's system text, where it has none: translated, and as the caller's own bytes. */
export function withSystem(
  { request, wire }: Pick<AttemptInput, "request" | "wire">,
  system: string | undefined,
): Pick<AttemptInput, "request" | "wire"> {
  if (system === undefined || request.messages.some(({ role }) => role === "system"))
    return { request, wire };
  const said: Message = { role: "system", parts: [{ type: "text", text: system }] };
  return {
    request: { ...request, messages: [said, ...request.messages] },
    wire: wire && { ...wire, encode: (target) => wire.encode({ ...target, system }) },
  };
}
