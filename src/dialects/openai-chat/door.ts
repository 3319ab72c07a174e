import type { FrontDoor } from "../dialect.ts";
import { encodeAnswer } from "./door-answer.ts";
import { decodeEmbeddings, decodeVectors, encodeEmbeddings } from "./door-embeddings.ts";
import { encodeBad, encodeFailure, encodeStreamFailure } from "./door-failure.ts";
import { encodeModel, encodeModels } from "./door-models.ts";
import { decodeRequest, encodeSame } from "./door-request.ts";
import { createEncoder } from "./door-stream.ts";
import { createWatch } from "./watch.ts";

/** OpenAI's chat completions, as clients speak them. Apart from the backend's side, so that only a server loads it. */
export const openaiChatDoor: FrontDoor = {
  request: { decode: decodeRequest, encodeSame },
  embeddings: { decode: decodeEmbeddings, encodeSame: encodeEmbeddings, decodeAnswer: decodeVectors },
  answer: { encode: encodeAnswer },
  stream: { encoder: createEncoder, watch: createWatch, encodeFailure: encodeStreamFailure },
  models: { encode: encodeModels, encodeOne: encodeModel },
  failure: { encode: encodeFailure, encodeBad },
};
