import type { Chance } from "../../core/ports.ts";

/** Makes names for requests: `req_` and 24 hexadecimal digits. */
export function requestIds(chance: Chance): () => string {
  return () => {
    const digits = Array.from({ length: 24 }, () => Math.floor(chance() * 16).toString(16));
    return `req_${digits.join("")}`;
  };
}
