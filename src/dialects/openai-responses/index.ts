import type { Dialect } from "../dialect.ts";
import { decodeFailure } from "../openai/failure.ts";
import { decodeModels, modelsRequest } from "../openai/models.ts";
import { decodeAnswer } from "./answer.ts";
import { requestGaps } from "./gaps.ts";
import { encodeRequest } from "./request.ts";
import { createDecoder } from "./stream.ts";

/** OpenAI's Responses API, without the conversations that it keeps: https://platform.openai.com/docs/api-reference/responses */
export const openaiResponses: Dialect = {
  framing: "sse",
  request: { encode: encodeRequest, gaps: requestGaps },
  answer: { decode: decodeAnswer },
  stream: { decoder: createDecoder },
  failure: { decode: decodeFailure },
  models: { request: modelsRequest, decode: decodeModels },
};
