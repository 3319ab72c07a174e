/** What stands last in a stream that broke off, where nothing is known of what stands before it. */
export function encodeStreamFailure(message: string, code?: string): string {
  return encodeBreak({ message, code, head: { object: "response" } });
}

/**
 * Says twice that a stream broke off: SDKs take `response.failed` for an event like others, and raise `error` only where it carries an
 * object `error`. `number`: of the next event.
 */
export function encodeBreak({
  message,
  code = "stream_truncated",
  head,
  number,
}: {
  readonly message: string;
  readonly code: string | undefined;
  readonly head: object;
  readonly number?: number;
}): string {
  const numbered = (more: number) => (number === undefined ? {} : { sequence_number: number + more });
  const error = { code, message };
  const response = { ...head, status: "failed", error, output: [], usage: null };
  return (
    sse("response.failed", { ...numbered(0), response }) +
    sse("error", { ...numbered(1), ...error, param: null, error: { ...error, type: "upstream_error" } })
  );
}

function sse(type: string, fields: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
}
