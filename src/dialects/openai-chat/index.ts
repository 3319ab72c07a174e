import type { Dialect } from "../dialect.ts";
import { decodeFailure } from "../openai/failure.ts";
import { decodeModels, modelsRequest } from "../openai/models.ts";
import { decodeAnswer } from "./answer.ts";
import { requestGaps } from "./gaps.ts";
import { encodeRequest } from "./request.ts";
import { createDecoder } from "./stream.ts";

/** OpenAI's chat completions, as OpenAI and the many servers compatible with it speak them. */
export const openaiChat: Dialect = {
  framing: "sse",
  request: { encode: encodeRequest, gaps: requestGaps },
  answer: { decode: decodeAnswer },
  stream: { decoder: createDecoder },
  failure: { decode: decodeFailure },
  models: { request: modelsRequest, decode: decodeModels },
};
