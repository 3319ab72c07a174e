import type { ChatEvent } from "../../core/chat.ts";
import type { AnswerIdentity, Framing, StreamEncoder } from "../dialect.ts";
import { callNames } from "./call-names.ts";
import { createOutput } from "./door-output.ts";
import { endedResponse, responseHead } from "./door-response.ts";
import { encodeBreak } from "./door-stream-failure.ts";

/** Writes an answer as events, numbered from 0; the last carries the whole response. */
export function createEncoder(identity: AnswerIdentity, request: Framing): StreamEncoder {
  const head = responseHead(identity, request);
  let number = 0;
  let written = "";
  const tell = (type: string, fields: object): void => {
    written += `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: number++, ...fields })}\n\n`;
  };
  const pieces = (type: string, fields: object) => {
    const head = `event: ${type}\ndata: {"type":"${type}","sequence_number":`;
    const rest = `,${JSON.stringify(fields).slice(1, -1)},"delta":`;
    return (delta: string): void => {
      written += `${head}${number++}${rest}${JSON.stringify(delta)}}\n\n`;
    };
  };
  const output = createOutput(identity.id, callNames(request.forAnswer?.["tools"]), { tell, pieces });

  function begin(): void {
    if (number > 0) return;
    const response = { ...head, status: "in_progress", output: [], usage: null };
    tell("response.created", { response });
    tell("response.in_progress", { response });
  }

  function take(event: ChatEvent): void {
    begin();
    if (event.type !== "response-end") {
      output.push(event);
      return;
    }
    const response = endedResponse(head, output.close(event.reason !== "length"), event);
    tell(`response.${response.status}`, { response });
  }

  return {
    push(event) {
      take(event);
      const text = written;
      written = "";
      return text;
    },
    breakOff: (message, code) => encodeBreak({ message, code, head, number }),
  };
}
