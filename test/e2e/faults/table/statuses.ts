import type { Failed, Row } from "../row.ts";

const SEEN_ONCE = { stops: true, exit: 6 } as const;

function status(id: string, peer: string, fault: string, ends: Omit<Failed, "phase">): Row {
  return { id, fault, peer, ends: { phase: "pre", ...ends } };
}

const AUTH = { chain: "auth failed", exit: 4 } as const;
const QUOTA = { chain: "rate limited", exit: 6 } as const;

/** A rate limit that states its wait; alone, the wait is named. */
function wait(id: string, params: string, fault: string, says: RegExp): Row {
  return status(id, `429:${params}`, fault, { chain: "rate limited", exit: 5, says });
}

/** Error answers. */
export const STATUSES: readonly Row[] = [
  status("U58", "400", "400, the request is not valid", { chain: /^failed \(400 .+\)$/, ...SEEN_ONCE }),
  status("U58", "422", "422, a parameter is out of range", { chain: /^failed \(422 .+\)$/, ...SEEN_ONCE }),
  status("U59", "400-context", "400, longer than the context window", {
    chain: /^failed \(context length: .+\)$/,
    exit: 6,
  }),
  status("U60", "400-policy", "400, against the content policy", {
    chain: "failed (content policy)",
    ...SEEN_ONCE,
  }),
  status("U60", "403-policy", "403, against the content policy", {
    chain: "failed (content policy)",
    ...SEEN_ONCE,
  }),
  status("U61", "401", "401, the key is not valid", {
    ...AUTH,
    says: /the key was refused: correct FAULTY_KEY/,
  }),
  status("U61", "echo-key", "401 that repeats the key", AUTH),
  status("U61", "echo-key:error=500", "500 that repeats the key", {
    chain: /^failed \(500 Refused Bearer \[redacted\] and .+\)$/,
    exit: 5,
  }),
  status("U61", "echo-key:error=400", "400 that repeats the key", {
    chain: /^failed \(400 Refused Bearer \[redacted\] and .+\)$/,
    ...SEEN_ONCE,
  }),
  status("U62", "402", "402, no credits", QUOTA),
  status("U62", "400-quota", "400, the balance is too low", QUOTA),
  status("U62", "403-quota", "403, the spending limit is reached", QUOTA),
  status("U62", "429-quota", "429, the quota is used up", QUOTA),
  status("U63", "403", "403, not in this country", AUTH),
  status("U63", "403-permission", "403, no permission", AUTH),
  status("U63", "html:status=403", "403, a page of a firewall", AUTH),
  status("U64", "404-model", "404, no such model", { chain: "failed (model not found)", exit: 6 }),
  status("U65", "405", "405, method not allowed", { chain: /^failed \(405 .+\)$/, ...SEEN_ONCE }),
  status("U65", "415", "415, content type not supported", { chain: /^failed \(415 .+\)$/, ...SEEN_ONCE }),
  ...["408", "409", "425"].map((peer) =>
    status("U66", peer, `status ${peer}`, { chain: new RegExp(`^failed \\(${peer} .+\\)$`), exit: 5 }),
  ),
  status("U67", "413", "413, the request is too large", {
    chain: /^failed \(context length: .+\)$/,
    exit: 6,
  }),
  wait("U68", "retry-after=60", "429 with a wait in seconds", /60 s|1 min/),
  {
    id: "U68",
    fault: "429 with a short wait, and nobody else to ask",
    peer: ["429:retry-after=1", "ok"],
    args: ["-p", "faulty"],
    ends: { phase: "good", text: "Hello there.", reached: 2 },
  },
  wait("U69", "retry-after-date=90s", "429 with a date", /90 s|8\d\.?\d* s/),
  wait("U69", "retry-after-date=90s,date-form=rfc850", "429 with a date as in RFC 850", /90 s|8\d\.?\d* s/),
  wait(
    "U69",
    "retry-after-date=90s,date-form=asctime",
    "429 with a date as asctime writes it",
    /90 s|8\d\.?\d* s/,
  ),
  wait("U69", "retry-after-ms=90000", "429 with a wait in milliseconds", /90 s/),
  wait("U69", "reset-requests=6m0s", "429 with the time the limit is reset", /6 min/),
  wait("U69", "retry-delay=90s", "429 with a wait in the body", /90 s/),
  ...[
    ["retry-after=-5", "negative"],
    ["retry-after=NaN", "no number"],
    ["retry-after=0", "0"],
    ["retry-after=soon", "a word"],
  ].map(([params, what]) => wait("U70", params ?? "", `429 with a wait that is ${what}`, /rate limited/i)),
  wait("U70", "retry-after=1000000000000", "429 with a wait of 30,000 years", /60 min|1 h/),
  wait("U70", "retry-after=20,retry-after-again=90", "429 with two waits", /90 s/),
  status("U72", "498", "498, the token has expired", AUTH),
  status("U72", "440", "440, the session has expired", AUTH),
  status("U73", "499", "499, as if the client had gone", { chain: /^failed \(499 .+\)$/, ...SEEN_ONCE }),
  status("U74", "500", "500", { chain: /^failed \(500 .+\)$/, exit: 5 }),
  {
    id: "U74",
    fault: "500 once, with a profile that asks twice",
    peer: ["500", "ok"],
    settings: { failover_retry_count: 2 },
    ends: { phase: "good", text: "Hello there.", reached: 2 },
  },
  ...["501", "505"].map((peer) =>
    status("U75", peer, `status ${peer}`, { chain: new RegExp(`^failed \\(${peer} .+\\)$`), exit: 5 }),
  ),
  ...["502", "503", "504"].map((peer) =>
    status("U76", peer, `status ${peer}`, { chain: new RegExp(`^failed \\(${peer} .+\\)$`), exit: 5 }),
  ),
  status("U76", "503:retry-after=90", "503 with a wait", { chain: /^failed \(503 .+\)$/, exit: 5 }),
  ...["520", "521", "522", "523", "524", "525", "526", "527", "529", "530"].map((peer) =>
    status("U77", peer, `status ${peer}`, { chain: new RegExp(`^failed \\(${peer} .+\\)$`), exit: 5 }),
  ),
];
