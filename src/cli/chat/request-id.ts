import type { Chance } from "../../core/ports.ts";

/** Makes names for requests: `req_` and 24 hexadecimal digits. */
export function requestIds(chance: Chance): () => string {
  const six = () =>
    Math.floor(chance() * 0x100_0000)
      .toString(16)
      .padStart(6, "0");
  return () => `req_${six()}${six()}${six()}${six()}`;
}
