import type { FrontDoor } from "../dialect.ts";
import { encodeBad, encodeFailure } from "../openai/door-failure.ts";
import { modelPages } from "../openai/door-models.ts";
import { decodeVectors } from "../openai/vectors.ts";
import { encodeAnswer } from "./door-answer.ts";
import { decodeEmbeddings, encodeEmbeddings } from "./door-embeddings.ts";
import { decodeRequest, encodeSame } from "./door-request.ts";
import { createEncoder } from "./door-stream.ts";
import { encodeStreamFailure } from "./door-stream-failure.ts";
import { createWatch } from "./watch.ts";

/** OpenAI's chat completions, as clients speak them. Apart from the backend's side, so that only a server loads it. */
export const openaiChatDoor: FrontDoor = {
  dialect: "openai-chat",
  requestIdHeader: "x-request-id",
  // What nobody else claims is told in these words: they are the best known.
  speaksAt: () => true,
  asks: [
    { path: "/v1/chat/completions", name: "openai-chat", decode: decodeRequest, encodeSame },
    {
      path: "/v1/embeddings",
      name: "openai-embeddings",
      decode: decodeEmbeddings,
      encodeSame: encodeEmbeddings,
      decodeAnswer: decodeVectors,
    },
  ],
  pages: modelPages,
  answer: { encode: encodeAnswer },
  stream: {
    contentType: () => "text/event-stream",
    encoder: createEncoder,
    watch: createWatch,
    encodeFailure: encodeStreamFailure,
  },
  failure: { encode: encodeFailure, encodeBad },
};
