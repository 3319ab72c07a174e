import { isJsonObject, type Json, type JsonObject } from "../core/json.ts";
import { type Complaints, member } from "./checks.ts";

/** What a value has to be; the text of the complaint when it is not, else undefined. */
export type Check = (value: Json) => string | undefined;

/** Takes down which of the members that are stated are wrong. `null` is how many clients write "not stated". */
export function checkMembers(
  checks: ReadonlyMap<string, Check>,
  object: JsonObject,
  complaints: Complaints,
  under = "",
): void {
  for (const [name, check] of checks) {
    const value = member(object, name) ?? null;
    const wrong = value === null ? undefined : check(value);
    if (wrong !== undefined) complaints.add(under + name, wrong);
  }
}

/** The largest number of tokens that every server's integers hold. */
export const MAX_COUNT = 2_147_483_647;

/** A number within these limits, themselves included. */
export function numberIn(min: number, max: number): Check {
  return (value) =>
    typeof value === "number" && value >= min && value <= max
      ? undefined
      : `has to be a number from ${min} to ${max}`;
}

/** A whole number within these limits, themselves included. */
export function wholeNumberIn(min: number, max: number): Check {
  return (value) =>
    typeof value === "number" && Number.isInteger(value) && value >= min && value <= max
      ? undefined
      : `has to be a whole number from ${min} to ${max}`;
}

/** A whole number of any size. */
export function checkWholeNumber(value: Json): string | undefined {
  return typeof value === "number" && Number.isInteger(value) ? undefined : "has to be a whole number";
}

/** True or false. */
export function checkBoolean(value: Json): string | undefined {
  return typeof value === "boolean" ? undefined : "has to be true or false";
}

/** An object of any members. */
export function checkObject(value: Json): string | undefined {
  return isJsonObject(value) ? undefined : "has to be an object";
}

/** Stop sequences as OpenAI and Ollama take them. */
export function checkStop(value: Json): string | undefined {
  return typeof value === "string" || areStrings(value)
    ? undefined
    : "has to be a string or a list of strings";
}

/** Whether a value is a list of strings. */
export function areStrings(value: Json): value is readonly string[] {
  return Array.isArray(value) && value.every((item: Json) => typeof item === "string");
}
