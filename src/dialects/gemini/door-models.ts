import type { DoorPage, ModelEntry, WireAnswer } from "../dialect.ts";
import { encodeBad } from "./door-failure.ts";

/** `GET /v1beta/models` and `GET /v1beta/models/{model}`: https://ai.google.dev/api/models */
export function modelPages(version: string): readonly DoorPage[] {
  return [
    {
      method: "GET",
      path: `${version}/models`,
      answer: (names) => ok({ models: names.map(shown) }),
    },
    {
      method: "GET",
      path: `${version}/models/*`,
      answer(names, { rest }) {
        const entry = names.find(({ id }) => id === rest);
        if (entry !== undefined) return ok(shown(entry));
        const message = `no such model; see ${version}/models`;
        return encodeBad({ ok: false, status: 404, code: "model_not_found", message });
      },
    },
  ];
}

function shown({ id, owner, info }: ModelEntry): object {
  return {
    name: `models/${id}`,
    version: "1",
    displayName: id,
    description: `served by ${owner}`,
    ...(info?.contextLength !== undefined && { inputTokenLimit: info.contextLength }),
    ...(info?.maxOutputTokens !== undefined && { outputTokenLimit: info.maxOutputTokens }),
    supportedGenerationMethods: ["generateContent", "countTokens", "embedContent"],
  };
}

function ok(body: object): WireAnswer {
  return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}
