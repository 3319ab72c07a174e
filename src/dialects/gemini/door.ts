import type { FrontDoor } from "../dialect.ts";
import { watchEvents } from "../event-watch.ts";
import { decodeVectors } from "../openai/vectors.ts";
import { encodeAnswer } from "./door-answer.ts";
import { encodeVectors } from "./door-embeddings.ts";
import { encodeBad, encodeFailure } from "./door-failure.ts";
import { modelPages } from "./door-models.ts";
import { decodeRequest } from "./door-request.ts";
import { encodeSame } from "./door-same.ts";
import { createEncoder, encodeStreamFailure, isArray } from "./door-stream.ts";
import { createDecoder } from "./stream.ts";

/** Google's generateContent, as clients speak it. Apart from the backend's side, so that only a server loads it. */
export const geminiDoor: FrontDoor = {
  dialect: "gemini",
  speaksAt: (path) => path.startsWith("/v1beta/"),
  asks: [
    {
      path: "/v1beta/models/*",
      name: "gemini",
      decode: decodeRequest,
      encodeSame,
      decodeAnswer: decodeVectors,
    },
  ],
  pages: modelPages("/v1beta"),
  answer: { encode: encodeAnswer, encodeVectors },
  stream: {
    contentType: (request) => (isArray(request) ? "application/json" : "text/event-stream"),
    encoder: createEncoder,
    reframes: isArray,
    watch: () => watchEvents(createDecoder(), HOLES),
    encodeFailure: encodeStreamFailure,
  },
  count: { encode: (totalTokens) => JSON.stringify({ totalTokens }) },
  failure: { encode: encodeFailure, encodeBad },
};

/** Text differs from event to event, and the counts of tokens so far; from stream to stream its id. */
const HOLES =
  /"text":\s*"(?<text>(?:[^"\\]|\\.)+)"|"(?:\w+T|t)okenCount":\s*(?<count>\d+)|"responseId":\s*"(?<id>[^"\\]+)"/g;
