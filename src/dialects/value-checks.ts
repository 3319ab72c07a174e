import type { Json } from "../core/json.ts";

/** What a value has to be; the text of the complaint when it is not, else undefined. */
export type Check = (value: Json) => string | undefined;

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

/** Whether a value is a list of strings. */
export function areStrings(value: Json): value is readonly string[] {
  return Array.isArray(value) && value.every((item: Json) => typeof item === "string");
}
