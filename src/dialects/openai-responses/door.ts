import type { FrontDoor } from "../dialect.ts";
import { encodeBad, encodeFailure } from "../openai/door-failure.ts";
import { encodeAnswer } from "./door-answer.ts";
import { decodeRequest, encodeSame } from "./door-request.ts";
import { createEncoder } from "./door-stream.ts";
import { encodeStreamFailure } from "./door-stream-failure.ts";
import { createWatch } from "./watch.ts";

/** OpenAI's Responses, as clients speak them that keep the conversation themselves; lists of models are OpenAI chat's. */
export const openaiResponsesDoor: FrontDoor = {
  dialect: "openai-responses",
  speaksAt: (path) => /^\/v1\/responses(?![^/?])/.test(path),
  asks: [{ path: "/v1/responses", name: "openai-responses", decode: decodeRequest, encodeSame }],
  pages: [],
  answer: { encode: encodeAnswer },
  stream: {
    contentType: () => "text/event-stream",
    encoder: createEncoder,
    watch: createWatch,
    encodeFailure: encodeStreamFailure,
  },
  failure: { encode: encodeFailure, encodeBad },
};
