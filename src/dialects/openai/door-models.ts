import type { DoorPage, ModelEntry, WireAnswer } from "../dialect.ts";
import { encodeBad } from "./door-failure.ts";

/** `GET /v1/models` and `GET /v1/models/{id}`. */
export const modelPages: readonly DoorPage[] = [
  { method: "GET", path: "/v1/models", answer: (names) => ok({ object: "list", data: names.map(shown) }) },
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

/** Nobody knows when it was made; clients want a number. */
function shown({ id, owner }: ModelEntry): object {
  return { id, object: "model", created: 0, owned_by: owner };
}

function ok(body: object): WireAnswer {
  return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}
