import { PRESETS } from "../../backends/presets.ts";
import { BACKEND_TYPES, TYPE_NAMES } from "../../backends/types.ts";
import { isSameServer } from "../../backends/url.ts";
import { nameFault } from "../../config/names.ts";
import type { Backend, BackendType } from "../../core/backend.ts";
import { Problem } from "../../core/problem.ts";
import { detectionIsOff, detectServers } from "../../registry/detect.ts";
import { cleanKey, createSecret } from "../../secrets/secret.ts";
import type { CommandContext } from "../app.ts";
import { type Asking, faultOf, left, openAsking } from "../asking/ask.ts";
import { commandLine, flag } from "../asking/command-line.ts";
import type { AddFlags } from "../commands/backend.ts";
import { EXIT } from "../exit-codes.ts";
import { readKey } from "../key/read-key.ts";
import { note } from "../output/print.ts";
import { waiting } from "../output/waiting.ts";
import { openWorld, type World } from "../wiring.ts";
import { addBackend, draftOf, freeName, typeOf } from "./add.ts";
import { readTarget } from "./target.ts";
import { tryBackend } from "./try-out.ts";

/** What is picked where nothing of a list is meant. */
const OTHER = "";

/** Asks for everything `backend add` needs, and runs it with the answers. Before that nothing is written. */
export async function askForBackend(context: CommandContext, given: AddFlags): Promise<number> {
  const { env } = context.app;
  const asking = await openAsking(context);
  const world = await openWorld(context);
  let target: string;
  let flags: AddFlags;
  let key: string | undefined;
  let tried: readonly string[];
  try {
    const { backends } = world.configuration;
    target = await askTarget(context, asking, world);
    const read = readTarget(target, env);
    const type = read.type ?? (await findOrAskType(context, asking, world, target, given));
    const name =
      given.name ??
      (await asking.text("What to call it:", {
        fallback: freeName(read.name ?? type, backends),
        check: (text) =>
          nameFault(text) ??
          (backends.has(text) && !given.force ? "there is a backend of that name" : undefined),
      }));
    const named = { ...given, name, ...(read.type === undefined ? { type } : {}) };
    const keyed = await askKey(context, asking, draftOf(world, read, type, named), given);
    ({ key } = keyed);
    const asked = { ...named, ...keyed.flags };
    tried = await askToTry(context, asking, world, draftOf(world, read, type, asked), key, given.test);
    flags = { ...asked, test: false };
  } finally {
    await world.close();
  }
  const exit = await addBackend(context, target, flags, key);
  if (exit !== EXIT.ok) return exit;
  // A key that is kept afterwards cannot be tried before.
  const words = [...wordsOf(target, flags), ...(key === undefined ? tried : [])];
  const kept = key === undefined ? "" : `; nexus key set ${flags.name}`;
  note(context, `the same without questions: ${commandLine(words)}${kept}`);
  return exit;
}

async function askTarget(context: CommandContext, asking: Asking, world: World): Promise<string> {
  const { env } = context.app;
  const configured = [...world.configuration.backends.values()];
  const found = detectionIsOff(env)
    ? []
    : await waiting(context, "looking for local servers", detectServers(world.upstream.get, env));
  const isNew = ({ url }: Backend) => !configured.some((one) => isSameServer(one.url, url));
  const local = found.filter(isNew).map(({ type, url }) => ({
    value: url.replace(/\/v1$/, ""),
    name: `${type} at ${url}, which runs here`,
  }));
  const presets = Object.keys(PRESETS).filter((name) => !world.configuration.backends.has(name));
  const picked = await asking.pick<string>("Which server?", [
    ...local,
    { value: OTHER, name: "one at an address I type" },
    ...presets.map((name) => ({ value: name, name })),
  ]);
  if (picked !== OTHER) return picked;
  return asking.text("Its address, as http://127.0.0.1:8000:", {
    check: (text) => faultOf(() => readTarget(text, env)),
  });
}

async function findOrAskType(
  context: CommandContext,
  asking: Asking,
  world: World,
  target: string,
  given: AddFlags,
): Promise<BackendType> {
  try {
    return await typeOf(context, world, readTarget(target, context.app.env), given);
  } catch (error) {
    if (!(error instanceof Problem) || error.kind !== "not-found") throw error;
    note(context, error.message);
  }
  return asking.pick<BackendType>(
    "What is it?",
    TYPE_NAMES.map((type) => ({ value: type, name: type })),
    "generic",
  );
}

/** Where its key comes from: a variable, or one that is typed now and kept. */
async function askKey(
  context: CommandContext,
  asking: Asking,
  { name, type, key }: Backend,
  given: AddFlags,
): Promise<{ readonly flags: Pick<AddFlags, "apiKeyEnv">; readonly key?: string }> {
  if (given.apiKeyEnv !== undefined || given.apiKeyRef !== undefined) return { flags: {} };
  const { env } = context.app;
  const usual = key.env.map((variable) => ({
    value: `$${variable}`,
    name: `the variable ${variable} (${env[variable] ? "set" : "not set now"})`,
  }));
  const none = { value: "none", name: "it needs none" };
  const ways = [
    ...usual,
    { value: "typed", name: "one that I type now; it is kept by nexus key set" },
    { value: "variable", name: usual.length > 0 ? "another variable" : "an environment variable" },
  ];
  const local = BACKEND_TYPES[type].place === "local";
  const way = await asking.pick<string>("Its key:", local ? [none, ...ways] : [...ways, none]);
  if (way === "typed") {
    for (;;) {
      const typed = cleanKey(await readKey(context, name));
      if (typed !== undefined) return { flags: {}, key: typed };
      note(context, "that is no key: it is empty, or has white space or control characters in it");
    }
  }
  if (way !== "variable") return { flags: {} };
  const apiKeyEnv = await asking.text("Name of the variable:", {
    check: (text) => (/^[A-Za-z_]\w*$/.test(text) ? undefined : "that is no name of a variable"),
  });
  return { flags: { apiKeyEnv } };
}

/** A free call before anything is saved. Where it fails, the person decides. Returns the flag that says the same. */
async function askToTry(
  context: CommandContext,
  asking: Asking,
  world: World,
  draft: Backend,
  key: string | undefined,
  given: boolean | undefined,
): Promise<readonly string[]> {
  if (!(given ?? (await asking.yes("Ask it for its models before saving? That costs nothing.", true)))) {
    return [];
  }
  // For this one call; what it is known by is made when it is kept.
  const typed = key === undefined ? undefined : createSecret(key, new Uint8Array());
  const findKey = typed === undefined ? world.findKey : async () => typed;
  if ((await tryBackend(context, world, draft, findKey)) === undefined) return ["--test"];
  if (!(await asking.yes("Save it all the same?", false))) throw left();
  return [];
}

function wordsOf(target: string, flags: AddFlags): readonly string[] {
  return [
    ...["nexus", "backend", "add", target],
    ...flag("--type", flags.type),
    ...flag("--name", flags.name),
    ...flag("--api-key-env", flags.apiKeyEnv),
    ...flag("--api-key-ref", flags.apiKeyRef),
    ...flag("--zone", flags.zone),
    ...flag("--tier", flags.tier),
    ...flag("--priority", flags.priority),
    ...flag("--max-concurrent", flags.maxConcurrent),
    ...flag("--model", flags.model),
    ...flag("--header", flags.header),
    ...flag("--timeout", flags.timeout),
    ...(flags.force ? ["--force"] : []),
  ];
}
