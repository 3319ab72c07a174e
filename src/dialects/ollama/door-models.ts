import type { ModelInfo } from "../../core/backend.ts";
import { member } from "../checks.ts";
import type { BadRequest, DoorPage, ModelEntry, WireAnswer } from "../dialect.ts";
import { readJsonRequest } from "../json-request.ts";
import { encodeBad } from "./door-failure.ts";

/** The version of Ollama's API that is spoken here: clients look whether it has what they need. */
const VERSION = "0.12.6";

/** What clients ask of models: https://docs.ollama.com/api/tags */
export const modelPages: readonly DoorPage[] = [
  { method: "GET", path: "/api/tags", answer: (names) => ok({ models: names.map(listed) }) },
  {
    method: "POST",
    path: "/api/show",
    answer(names, { body }) {
      const asked = readName(body);
      if (typeof asked !== "string") return encodeBad(asked);
      const entry = names.find(({ id }) => id === asked);
      if (entry !== undefined) return ok(shown(entry));
      const message = "model not found; see /api/tags";
      return encodeBad({ ok: false, status: 404, code: "model_not_found", message });
    },
  },
  { method: "GET", path: "/api/version", answer: () => ok({ version: VERSION }) },
  // Nothing is held in memory here.
  { method: "GET", path: "/api/ps", answer: () => ok({ models: [] }) },
];

function readName(body: Uint8Array): string | BadRequest {
  const read = readJsonRequest(body);
  if (!read.ok) return read;
  // `name` is what `model` was called before.
  const name = member(read.body, "model") ?? member(read.body, "name");
  if (typeof name === "string" && name !== "") return name;
  return {
    ok: false,
    status: 400,
    code: "invalid_model",
    param: "model",
    message: '"model" has to name a model',
  };
}

function listed({ id, info }: ModelEntry): object {
  return {
    name: id,
    model: id,
    modified_at: UNKNOWN,
    size: 0,
    digest: "",
    details: DETAILS,
    capabilities: capabilitiesOf(info),
  };
}

function shown({ info }: ModelEntry): object {
  const { contextLength } = info ?? {};
  return {
    modelfile: "",
    parameters: "",
    template: "",
    details: DETAILS,
    model_info: {
      "general.architecture": "nexus",
      ...(contextLength !== undefined && { "nexus.context_length": contextLength }),
    },
    capabilities: capabilitiesOf(info),
    modified_at: UNKNOWN,
  };
}

/** Nobody knows when a model changed; clients want a time. */
const UNKNOWN = "1970-01-01T00:00:00Z";

/** What is known of no model here. */
const DETAILS = {
  parent_model: "",
  format: "",
  family: "",
  families: [],
  parameter_size: "",
  quantization_level: "",
};

/** A capability of which nobody said anything rules nothing out. */
function capabilitiesOf(info: ModelInfo | undefined): readonly string[] {
  const has = info?.capabilities ?? ["tools", "vision"];
  return ["completion", ...has.filter((capability) => capability !== "json")];
}

function ok(body: object): WireAnswer {
  return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}
