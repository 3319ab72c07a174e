import {
  identify,
  PROBES,
  type ProbeAnswer,
  type ProbeAnswers,
  speaksOpenAi,
} from "../backends/fingerprint.ts";
import type { BackendType, Zone } from "../core/backend.ts";
import type { Failure } from "../core/failure.ts";
import type { Upstream } from "../upstream/upstream.ts";

/** Free requests to servers. */
export type Get = Upstream["get"];

/** What a server at an address turned out to be. `openai-like`: it speaks OpenAI's dialect, but is none that is known. */
export type Found =
  | { readonly is: BackendType }
  | { readonly is: "openai-like" }
  | { readonly is: "something-else" }
  | { readonly is: "unreachable"; readonly failure: Failure };

/**
 * Finds out by free requests what listens at a root address (no `/v1`). No key is sent. All paths are asked at once.
 * `zone` decides whether a proxy may be used.
 */
export async function fingerprint(
  get: Get,
  root: string,
  options: { readonly zone: Zone; readonly timeoutMs: number },
): Promise<Found> {
  const answers = new Map<string, ProbeAnswer>();
  const failures: Failure[] = [];
  const signal = AbortSignal.timeout(options.timeoutMs);
  await Promise.all(
    PROBES.map(async (path) => {
      const answer = await get(
        { url: root, zone: options.zone, headers: {} },
        { method: "GET", path, headers: { accept: "*/*" } },
        { signal, connectMs: options.timeoutMs },
      );
      if (!answer.ok) failures.push(answer.failure);
      else answers.set(path, { status: answer.status, server: headerOf(answer.headers), body: answer.body });
    }),
  );
  return verdict(answers, failures);
}

function verdict(answers: ProbeAnswers, failures: readonly Failure[]): Found {
  const type = identify(answers);
  if (type !== undefined) return { is: type };
  if (speaksOpenAi(answers)) return { is: "openai-like" };
  // A redirect or a broken answer comes from something that is there.
  const failure = failures.find(({ class: kind }) => kind === "network" || kind === "timeout");
  return answers.size === 0 && failure !== undefined
    ? { is: "unreachable", failure }
    : { is: "something-else" };
}

function headerOf(headers: Readonly<Record<string, string | readonly string[] | undefined>>): string {
  const server = headers["server"];
  return typeof server === "string" ? server : "";
}
