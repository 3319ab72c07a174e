import type { ModelInfo } from "../../core/backend.ts";
import type { DoorPage, ModelEntry, WireAnswer } from "../dialect.ts";
import { encodeBad } from "./door-failure.ts";

/** `GET /v1/models` and `GET /v1/models/{id}`: https://docs.anthropic.com/en/api/models-list */
export const modelPages: readonly DoorPage[] = [
  {
    method: "GET",
    path: "/v1/models",
    answer(names, { query }) {
      const { page, more } = pageOf(names, query);
      const ends = { first_id: page[0]?.id ?? null, last_id: page.at(-1)?.id ?? null };
      return ok({ data: page.map(shown), has_more: more, ...ends });
    },
  },
  {
    method: "GET",
    path: "/v1/models/*",
    answer(names, { rest }) {
      const entry = names.find(({ id }) => id === rest);
      if (entry !== undefined) return ok(shown(entry));
      const message = "no such model; see /v1/models";
      return encodeBad({ ok: false, status: 404, code: "model_not_found", param: "model", message });
    },
  },
];

/** The names behind `after_id` or before `before_id`, at most `limit`; all of them where no limit is stated. */
function pageOf(
  names: readonly ModelEntry[],
  query: Readonly<Record<string, string>>,
): { readonly page: readonly ModelEntry[]; readonly more: boolean } {
  const { after_id, before_id, limit = "" } = query;
  const most = /^[1-9]\d{0,3}$/.test(limit) ? Number(limit) : names.length;
  const end = before_id === undefined ? -1 : names.findIndex(({ id }) => id === before_id);
  if (end !== -1) return { page: names.slice(Math.max(0, end - most), end), more: end > most };
  const from = names.findIndex(({ id }) => id === after_id) + 1;
  return { page: names.slice(from, from + most), more: from + most < names.length };
}

/** Nobody knows when it was made: of such the API says the beginning of time. */
function shown({ id, info }: ModelEntry): object {
  return { type: "model", id, display_name: id, created_at: "1970-01-01T00:00:00Z", ...limitsOf(info) };
}

function limitsOf(info: ModelInfo | undefined): object {
  const { contextLength, maxOutputTokens, capabilities } = info ?? {};
  const supported = (name: "vision" | "json") => ({ supported: capabilities?.includes(name) === true });
  return {
    ...(contextLength !== undefined && { max_input_tokens: contextLength }),
    ...(maxOutputTokens !== undefined && { max_tokens: maxOutputTokens }),
    ...(capabilities !== undefined && {
      capabilities: { image_input: supported("vision"), structured_outputs: supported("json") },
    }),
  };
}

function ok(body: object): WireAnswer {
  return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}
