import type { BackendType } from "../core/backend.ts";
import { isObject, parseJson } from "../core/json.ts";

/** What a server said to one of the `PROBES`. */
export interface ProbeAnswer {
  readonly status: number;
  /** Its `server` header, or an empty text. */
  readonly server: string;
  readonly body: string;
}

/** Answers by path. A path that brought no answer is absent. */
export type ProbeAnswers = ReadonlyMap<string, ProbeAnswer>;

/** Free paths below a server's root that tell local servers apart. None of them loads a model. */
export const PROBES = [
  "/",
  "/api/version",
  "/props",
  "/version",
  "/v1/models",
  "/api/v1/models",
  "/api/v0/models",
  "/node_id",
] as const;

type Probe = (typeof PROBES)[number];

/** How each local server is known, surest first. llama.cpp also answers some of Ollama's paths, so order matters. */
const MARKS: readonly { readonly type: BackendType; readonly holds: (said: Said) => boolean }[] = [
  // Another nexus serve answers in every language.
  { type: "generic", holds: (said) => said.text("/") === "nexus is running" },
  { type: "ollama", holds: (said) => /Ollama is running/.test(said.text("/")) },
  { type: "llamacpp", holds: (said) => isLlamaCpp(said) },
  { type: "ollama", holds: (said) => isText(said.field("/api/version", "version")) },
  { type: "vllm", holds: (said) => isVllm(said) },
  { type: "lmstudio", holds: (said) => isLmStudio(said) },
  { type: "exo", holds: (said) => /^"[\w-]+"\s*$/.test(said.text("/node_id")) },
];

/** The type of a local server by what it said, or undefined when it is none that is known. */
export function identify(answers: ProbeAnswers): BackendType | undefined {
  const said = reader(answers);
  return MARKS.find(({ holds }) => holds(said))?.type;
}

/** Whether the server speaks OpenAI's dialect as far as a listing of models, or a refusal to list them, tells. */
export function speaksOpenAi(answers: ProbeAnswers): boolean {
  const said = reader(answers);
  const refused = [401, 403].includes(answers.get("/v1/models")?.status ?? 0);
  return said.models().length > 0 || Array.isArray(said.field("/v1/models", "data")) || refused;
}

interface Said {
  /** The body of a 200, else an empty text. */
  text(probe: Probe): string;
  /** A field of the JSON object in the body of a 200. */
  field(probe: Probe, name: string): unknown;
  /** The entries of `/v1/models`. */
  models(): readonly Readonly<Record<string, unknown>>[];
  answered(probe: Probe): ProbeAnswer | undefined;
}

function reader(answers: ProbeAnswers): Said {
  const text = (probe: Probe) => (answers.get(probe)?.status === 200 ? (answers.get(probe)?.body ?? "") : "");
  const field = (probe: Probe, name: string) => {
    const value = parseJson(text(probe));
    return isObject(value) ? value[name] : undefined;
  };
  const models = () => {
    const data = field("/v1/models", "data");
    return Array.isArray(data) ? data.filter(isObject) : [];
  };
  return { text, field, models, answered: (probe) => answers.get(probe) };
}

/** With a key set it guards `/props`, but still lists its models and names itself. */
function isLlamaCpp(said: Said): boolean {
  const props = isObject(said.field("/props", "default_generation_settings"));
  const named = PROBES.some((probe) => /llama\.cpp/i.test(said.answered(probe)?.server ?? ""));
  return props || named || said.models().some(({ owned_by }) => owned_by === "llamacpp");
}

/** With a key set it guards `/v1` and leaves `/version` open. */
function isVllm(said: Said): boolean {
  const listed = said.models().some(({ owned_by }) => owned_by === "vllm");
  return listed || (isText(said.field("/version", "version")) && said.answered("/v1/models")?.status === 401);
}

function isLmStudio(said: Said): boolean {
  const current = said.field("/api/v1/models", "models");
  const older = said.field("/api/v0/models", "data");
  return Array.isArray(current) || Array.isArray(older);
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}
