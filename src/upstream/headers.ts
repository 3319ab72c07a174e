/** Everything sent with a request: the backend's extra headers, over them the dialect's, over them ours. Names in lower case. */
export function headersFor(
  extra: Readonly<Record<string, string>>,
  wire: Readonly<Record<string, string>>,
): Record<string, string> {
  const headers: Record<string, string> = { "user-agent": "nexus" };
  for (const from of [extra, wire]) {
    for (const [name, value] of Object.entries(from)) {
      const lower = name.toLowerCase();
      if (!OF_TRANSPORT.has(lower)) headers[lower] = value;
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
