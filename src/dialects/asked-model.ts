import type { JsonObject } from "../core/json.ts";
import { type Complaints, member } from "./checks.ts";

/** Longest name of a model. */
const MAX_MODEL = 512;

/** The name that a body asks for. */
export function readModel(body: JsonObject, complaints: Complaints): string {
  const model = member(body, "model");
  if (typeof model === "string" && model.trim() !== "" && model.length <= MAX_MODEL) return model;
  const wrong =
    typeof model !== "string" || model.trim() === ""
      ? "has to name a profile, an alias or a model"
      : `is longer than ${MAX_MODEL} characters`;
  complaints.add("model", wrong, "invalid_model");
  return "";
}
