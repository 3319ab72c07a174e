import type { FrontDoor } from "../dialect.ts";
import { encodeAnswer } from "./door-answer.ts";
import { encodeBad, encodeFailure, encodeStreamFailure } from "./door-failure.ts";
import { modelPages } from "./door-models.ts";
import { decodeCount, decodeRequest } from "./door-request.ts";
import { encodeSame } from "./door-same.ts";
import { createEncoder } from "./door-stream.ts";
import { createWatch } from "./watch.ts";

/** Anthropic's Messages API, as clients speak it: https://docs.anthropic.com/en/api/messages */
export const anthropicDoor: FrontDoor = {
  dialect: "anthropic",
  requestIdHeader: "request-id",
  // Its clients say so wherever they ask, and their address of the models is OpenAI's, too.
  speaksAt: (path, headers) => /^\/v1\/messages(?![^/?])/.test(path) || "anthropic-version" in headers,
  asks: [
    { path: "/v1/messages", name: "anthropic", decode: decodeRequest, encodeSame },
    { path: "/v1/messages/count_tokens", name: "anthropic", decode: decodeCount, encodeSame },
  ],
  pages: modelPages,
  answer: { encode: encodeAnswer },
  stream: {
    contentType: () => "text/event-stream",
    encoder: createEncoder,
    watch: createWatch,
    encodeFailure: encodeStreamFailure,
  },
  count: { encode: (tokens) => JSON.stringify({ input_tokens: tokens }) },
  failure: { encode: encodeFailure, encodeBad },
};
