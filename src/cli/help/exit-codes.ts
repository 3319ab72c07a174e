import { EXIT } from "../exit-codes.ts";

const MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  ok: "answered, or done",
  internal: "internal error, or standard output could not be written",
  usage: "the command line, or what was given to work on, is wrong",
  config: "the configuration is wrong, or there is no such profile, backend or model",
  auth: "every backend refused the key, or has none",
  retryLater:
    "no answer, but at least one cause passes by itself (rate limit, overload, server error, timeout, network): try later",
  permanent: "no answer, for good (quota, invalid request, refused content, context length, model missing)",
  brokeOff: "the answer broke off after it had begun",
  interrupted: "interrupted (SIGINT, Ctrl-C)",
  terminated: "terminated (SIGTERM)",
};

/** The page `nexus help exit-codes`. */
export function exitCodesPage(): string {
  const rows = Object.entries(EXIT).map(([name, code]) => {
    const meaning = isExitName(name) ? MEANINGS[name] : "";
    return `  ${String(code).padStart(3)}  ${meaning}`;
  });
  return `Exit codes of nexus, the same in text and JSON mode:\n\n${rows.join("\n")}\n\nA reader of standard output that goes away (\`nexus chat … | head -1\`) is no error: 0.\n`;
}

function isExitName(name: string): name is keyof typeof EXIT {
  return Object.hasOwn(EXIT, name);
}
