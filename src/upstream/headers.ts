/** Everything sent with a request: layer over layer, and ours over them. Names in lower case. */
export function headersFor(...layers: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  const headers: Record<string, string> = { "user-agent": "nexus" };
  for (const layer of layers) {
    for (const name of Object.keys(layer)) {
      const value = layer[name];
      const lower = name.toLowerCase();
      if (value !== undefined && !OF_TRANSPORT.has(lower)) headers[lower] = value;
    }
  }
  // Nothing is unpacked here: a small packed answer can be a huge one.
  headers["accept-encoding"] = "identity";
  return headers;
}

/** What the HTTP client sets itself, and refuses or garbles when somebody else does. */
const OF_TRANSPORT: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Whether a text can stand in a header: no control characters, nothing beyond Latin-1. */
export function isHeaderText(text: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(text);
}
