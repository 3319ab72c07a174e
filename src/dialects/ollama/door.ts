import type { FrontDoor } from "../dialect.ts";
import { encodeAnswer, encodeLoad } from "./door-answer.ts";
import { encodeBad, encodeFailure } from "./door-failure.ts";
import { modelPages } from "./door-models.ts";
import { decodeChat, decodeGenerate } from "./door-request.ts";
import { encodeSameChat, encodeSameGenerate } from "./door-same.ts";
import { createEncoder, encodeStreamFailure } from "./door-stream.ts";
import { createWatch } from "./watch.ts";

/** Ollama's own API, as its clients speak it. Apart from the backend's side, so that only a server loads it. */
export const ollamaDoor: FrontDoor = {
  dialect: "ollama",
  speaksAt: (path) => path.startsWith("/api/"),
  asks: [
    { path: "/api/chat", name: "ollama", decode: decodeChat, encodeSame: encodeSameChat },
    { path: "/api/generate", name: "ollama", decode: decodeGenerate, encodeSame: encodeSameGenerate },
  ],
  pages: modelPages,
  answer: { encode: encodeAnswer },
  stream: {
    contentType: () => "application/x-ndjson",
    encoder: createEncoder,
    watch: createWatch,
    encodeFailure: encodeStreamFailure,
  },
  load: { encode: encodeLoad },
  failure: { encode: encodeFailure, encodeBad },
};
