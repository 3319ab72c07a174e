import type { Dialect } from "../dialect.ts";
import { decodeFailure } from "../openai/failure.ts";
import { decodeAnswer } from "./answer.ts";
import { requestGaps } from "./gaps.ts";
import { decodeModels, modelsRequest } from "./models.ts";
import { encodeRequest } from "./request.ts";
import { createDecoder } from "./stream.ts";

/** Ollama's own API: https://docs.ollama.com/api */
export const ollama: Dialect = {
  framing: "ndjson",
  openaiUnder: "/v1",
  request: { encode: encodeRequest, gaps: requestGaps },
  answer: { decode: decodeAnswer },
  stream: { decoder: createDecoder },
  failure: { decode: decodeFailure },
  models: { request: modelsRequest, decode: decodeModels },
};
