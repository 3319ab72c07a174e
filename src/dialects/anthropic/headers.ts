/** Headers of every request to such a server; the key stands in this one place. */
export function commonHeaders(key: string | undefined): Record<string, string> {
  return {
    accept: "application/json",
    "anthropic-version": "2023-06-01",
    ...(key !== undefined && { "x-api-key": key }),
  };
}
