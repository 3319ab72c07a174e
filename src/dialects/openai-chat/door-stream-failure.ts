/** What stands last in a stream that broke off: without a finish reason, and without `[DONE]` behind it. */
export function encodeStreamFailure(message: string, code = "stream_truncated"): string {
  const error = { message, type: "upstream_error", param: null, code };
  return `data: ${JSON.stringify({ error })}\n\n`;
}
