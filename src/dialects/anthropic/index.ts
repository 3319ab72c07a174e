import type { Dialect } from "../dialect.ts";
import { decodeAnswer } from "./answer.ts";
import { decodeFailure } from "./failure.ts";
import { requestGaps } from "./gaps.ts";
import { decodeModels, modelsRequest } from "./models.ts";
import { encodeRequest } from "./request.ts";
import { createDecoder } from "./stream.ts";

/** Anthropic's Messages API: https://docs.anthropic.com/en/api/messages */
export const anthropic: Dialect = {
  framing: "sse",
  request: { encode: encodeRequest, gaps: requestGaps },
  answer: { decode: decodeAnswer },
  stream: { decoder: createDecoder },
  failure: { decode: decodeFailure },
  models: { request: modelsRequest, decode: decodeModels },
};
