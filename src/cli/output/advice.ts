import type { Backend } from "../../core/backend.ts";
import type { PastAttempt } from "../../core/request-record.ts";

/** What a person can do about failed attempts, one line each, where there is something. */
export function adviceFor(
  failures: readonly PastAttempt[],
  backendNamed: (name: string) => Backend | undefined,
): readonly string[] {
  const lines = failures.map((failure) => {
    const backend = backendNamed(failure.backend);
    return backend === undefined ? undefined : advice(failure, backend);
  });
  return [...new Set(lines.filter((line) => line !== undefined))];
}

function advice(failure: PastAttempt, backend: Backend): string | undefined {
  const { name, type, url, key } = backend;
  switch (failure.outcome) {
    case "auth": {
      // Without a status nothing was sent: the message itself says which key is missing.
      if (failure.status === undefined) return undefined;
      const [variable] = key.env;
      const set = variable === undefined ? "" : `correct ${variable}, or `;
      return `${failure.member}: the key was refused: ${set}store another with \`nexus key set ${name}\``;
    }
    case "network":
      if (failure.code !== "ECONNREFUSED") return undefined;
      return type === "ollama"
        ? `${failure.member}: nothing listens at ${url}: start it with \`ollama serve\``
        : `${failure.member}: nothing listens at ${url}: is the server running?`;
    case "model_missing":
      return type === "ollama"
        ? `${failure.member}: get the model with \`ollama pull ${failure.model}\``
        : `${failure.member}: see what there is with \`nexus models --backend ${name}\``;
    case "skipped":
      if (failure.skipReason !== "circuit open") return undefined;
      return `${failure.member}: it failed too often to be asked now: see \`nexus status\`; once mended, \`nexus status reset ${name}\``;
    default:
      return undefined;
  }
}
