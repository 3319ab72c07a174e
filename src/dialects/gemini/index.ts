import type { Dialect } from "../dialect.ts";
import { decodeAnswer } from "./answer.ts";
import { decodeFailure } from "./failure.ts";
import { requestGaps } from "./gaps.ts";
import { decodeModels, modelsRequest } from "./models.ts";
import { encodeRequest } from "./request.ts";
import { createDecoder } from "./stream.ts";

/** Google's generateContent: https://ai.google.dev/api/generate-content */
export const gemini: Dialect = {
  framing: "sse",
  openaiUnder: "/openai",
  request: { encode: encodeRequest, gaps: requestGaps },
  answer: { decode: decodeAnswer },
  stream: { decoder: createDecoder },
  failure: { decode: decodeFailure },
  models: { request: modelsRequest, decode: decodeModels },
};
