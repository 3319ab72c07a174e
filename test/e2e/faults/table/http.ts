import type { Row } from "../row.ts";
import { redirecting } from "../tls-peers.ts";

const SILENT = { first_content_ms: 800, answer_ms: 800 };

/** HTTP itself: status lines, headers, lengths, codings, redirects. */
export const HTTP: readonly Row[] = [
  ...[
    ["banner", "the greeting of another protocol"],
    ["garbage", "a status line that is none"],
    ["bare-lf", "header lines that end in LF alone"],
    ["nul-header", "a NUL within a header"],
  ].map(
    ([peer = "", fault = ""]): Row => ({
      id: "U27",
      fault,
      peer,
      ends: { phase: "pre", chain: /^failed \(not a valid HTTP answer .+\)$/, exit: 5 },
    }),
  ),
  {
    id: "U28",
    fault: "a header of 64 KB",
    peer: "huge-header",
    ends: { phase: "pre", chain: "failed (the answer's headers are too long)", exit: 5 },
  },
  {
    id: "U28",
    fault: "3,000 headers",
    peer: "many-headers",
    ends: { phase: "pre", chain: "failed (the answer's headers are too long)", exit: 5 },
  },
  ...[
    ["bad-status", "099"],
    ["600", "600"],
    ["999", "999"],
  ].map(
    ([peer = "", status = ""]): Row => ({
      id: "U29",
      fault: `the status ${status}`,
      peer,
      ends: { phase: "pre", chain: /^failed \(an impossible HTTP status.*\)$/, exit: 5 },
    }),
  ),
  {
    id: "U30",
    fault: "100 Continue that nobody asked for",
    peer: "100-continue",
    ends: { phase: "pre", chain: "failed (not a valid HTTP answer (unasked 1xx status))", exit: 5 },
  },
  {
    id: "U30",
    fault: "103 Early Hints before the answer",
    peer: "early-hints",
    ends: { phase: "good", text: "Hello there." },
  },
  {
    id: "U30",
    fault: "102 Processing, 5,000 times, then silence",
    peer: "102-flood",
    timeouts: SILENT,
    ends: { phase: "pre", chain: "timeout", exit: 5 },
  },
  {
    id: "U31",
    fault: "101 Switching Protocols",
    peer: "101",
    ends: { phase: "pre", chain: "failed (not a valid HTTP answer (unasked 1xx status))", exit: 5 },
  },
  ...["204", "205", "304", "empty"].map(
    (peer): Row => ({
      id: "U32",
      fault: peer === "empty" ? "200 without a body" : `the status ${peer}`,
      peer,
      ends: { phase: "pre", chain: "failed (empty response)", exit: 5 },
    }),
  ),
  {
    id: "U33",
    fault: "a page of HTML under status 200",
    peer: "html",
    ends: { phase: "pre", chain: "failed (an HTML page, not an answer)", exit: 5 },
  },
  {
    id: "U50",
    fault: "one line of a stream without end",
    peer: "huge",
    ends: { phase: "pre", chain: "failed (an event is larger than 8 MiB)", exit: 5 },
  },
  {
    id: "U51",
    fault: "an unstreamed answer without end",
    peer: "huge",
    stream: false,
    ends: { phase: "pre", chain: "failed (the answer is larger than 64 MiB)", exit: 5 },
  },
  ...[
    ["gzip", "gzip", "an answer compressed although nobody asked for it"],
    ["brotli", "br", "the same with Brotli"],
    ["gzip-twice", "gzip, gzip", "an answer compressed twice"],
    ["gzip-cut", "gzip", "a compressed answer cut in half"],
    ["gzip-label", "gzip", "a plain answer that says it is compressed"],
    ["gzip-bomb", "gzip", "a small answer that would unpack to 200 MB"],
  ].map(
    ([peer = "", coding = "", fault = ""]): Row => ({
      id: "U52",
      fault,
      peer,
      ends: {
        phase: "pre",
        chain: `failed (compressed (${coding}), although that was not asked for)`,
        exit: 5,
      },
    }),
  ),
  {
    id: "U53",
    fault: "a body shorter than its stated length",
    peer: "short-body",
    stream: false,
    ends: { phase: "pre", chain: /^failed \((truncated: .+|the answer's length is .+)\)$/, exit: 5 },
  },
  {
    id: "U53",
    fault: "an unstreamed answer longer than its stated length",
    peer: "long-body",
    stream: false,
    ends: { phase: "pre", chain: "failed (the answer is not whole JSON)", exit: 5 },
  },
  {
    id: "U53",
    fault: "two stated lengths that differ",
    peer: "two-lengths",
    ends: {
      phase: "pre",
      chain: /^failed \((not a valid HTTP answer .+|the answer's length is .+)\)$/,
      exit: 5,
    },
  },
  {
    id: "U53",
    fault: "a stated length beside the chunked coding",
    peer: "length-and-chunks",
    ends: {
      phase: "pre",
      chain: /^failed \((not a valid HTTP answer .+|the answer's length is .+)\)$/,
      exit: 5,
    },
  },
  {
    id: "U54",
    fault: "a broken chunk size",
    peer: "bad-chunk",
    ends: { phase: "pre", chain: /^failed \(not a valid HTTP answer .+\)$/, exit: 5 },
  },
  {
    id: "U53",
    fault: "a stream whose stated length cuts off only what follows the stop reason",
    peer: "long-body",
    ends: { phase: "good", text: "Hello there." },
  },
  {
    id: "U54",
    fault: "a broken chunk size after content",
    peer: "bad-chunk-within:wait=1s",
    ends: { phase: "post", chain: /^failed \(not a valid HTTP answer .+\)$/, text: "Hello " },
  },
  ...[
    ["bad-chunk-after", "a broken chunk size after a whole answer"],
    ["bad-trailer", "a broken trailer after a whole answer"],
    ["no-last-chunk", "a whole answer whose last chunk never comes"],
  ].map(
    ([peer = "", fault = ""]): Row => ({
      id: "U54",
      fault,
      peer,
      ends: { phase: "good", text: "Hello there." },
    }),
  ),
  {
    id: "U55",
    fault: "bytes after the answer that nobody asked for",
    peer: "junk-after",
    ends: { phase: "good", text: "Hello there." },
  },
  ...[301, 302, 303, 307, 308].map(
    (status): Row => ({
      id: "U56",
      fault: `a redirect within the same origin (${status})`,
      peer: `redirect:to=/v2/chat/completions,status=${status}`,
      ends: {
        phase: "pre",
        chain: new RegExp(
          `^failed \\(redirected \\(${status}\\) to http://127\\.0\\.0\\.1:\\d+, which is not followed; .+\\)$`,
        ),
        exit: 5,
      },
    }),
  ),
  ...[false, true].map(
    (secure): Row => ({
      id: "U57",
      fault: secure ? "a redirect from https down to http" : "a redirect to another origin",
      peer: redirecting(secure),
      ends: {
        phase: "pre",
        chain: /^failed \(redirected \(307\) to http:\/\/127\.0\.0\.1:\d+, which is not followed; .+\)$/,
        exit: 5,
      },
    }),
  ),
];
