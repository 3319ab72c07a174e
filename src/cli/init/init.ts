import { PRESETS } from "../../backends/presets.ts";
import { changeProfiles } from "../../config/change-profiles.ts";
import { checkNewName } from "../../config/names.ts";
import type { Backend } from "../../core/backend.ts";
import { Problem } from "../../core/problem.ts";
import type { CommandContext } from "../app.ts";
import { type Asking, faultOf, left, openAsking } from "../asking/ask.ts";
import { commandLine, flag } from "../asking/command-line.ts";
import { canAsk } from "../asking/confirm.ts";
import { findBackend, noBackends } from "../backend/find.ts";
import { withRecord } from "../backend/record.ts";
import { EXIT } from "../exit-codes.ts";
import { note } from "../output/print.ts";
import { askModel } from "../profile/ask-model.ts";
import { modelDocument } from "../profile/save.ts";
import { tryOut } from "../profile/try-out.ts";
import { openWorld } from "../wiring.ts";

/** The flags of `nexus init`: each is the answer to one of its questions. */
export interface InitFlags {
  readonly backend?: string;
  readonly model?: string;
  readonly name?: string;
  /** False: without a test call. Undefined: ask, or make one where nobody can be asked. */
  readonly test?: boolean;
  readonly force?: boolean;
}

const SHAPE = "for example: nexus init --backend ollama --model llama3.2 --name local";

/** `nexus init`: from a key in the environment or a local server to a first profile, which becomes the default. */
export async function init(context: CommandContext, flags: InitFlags): Promise<number> {
  const asking = canAsk(context) ? await openAsking(context) : undefined;
  if (asking === undefined && flags.backend === undefined) {
    throw new Problem("usage", "init_usage", "--backend is missing, and nobody can be asked here", SHAPE);
  }
  const world = await openWorld(context, { detect: true });
  const { profiles, configuration } = world;
  let backend: Backend;
  let model: string;
  try {
    const { backends } = world.catalog;
    backend =
      flags.backend === undefined
        ? await askBackend(context, asking, backends)
        : findBackend(world.catalog, flags.backend);
    const usual = Object.hasOwn(PRESETS, backend.name) ? PRESETS[backend.name]?.defaultModel : undefined;
    const asked = asking && (() => askModel(context, asking, world, backend.name, usual));
    model = flags.model ?? (await asked?.()) ?? usual ?? missing("--model");
  } finally {
    await world.close();
  }
  const replaces = (name: string) => profiles.stored(name) !== undefined && !flags.force;
  const fault = (name: string) =>
    replaces(name)
      ? `there is a profile "${name}" already`
      : faultOf(() => checkNewName(name, profiles.names()));
  const suggested = replaces(backend.name) ? `${backend.name}-2` : backend.name;
  const name =
    flags.name ??
    (await asking?.text("Name of the profile:", { fallback: suggested, check: fault })) ??
    suggested;
  const wrong = fault(name);
  if (wrong !== undefined)
    throw new Problem("usage", "init_usage", wrong, "--name gives another, --force replaces it");
  const document = modelDocument({ backend: backend.name, model, set: [] });
  const test =
    flags.test ?? (await asking?.yes("Try it with one short question before saving?", true)) ?? true;
  const exit = test ? await tryOut(context, name, document) : EXIT.ok;
  if (exit !== EXIT.ok) {
    if (asking === undefined) {
      note(context, "nothing was saved; --no-test saves it untried");
      return exit;
    }
    if (!(await asking.yes("That failed. Save it all the same?", false))) throw left();
  }
  // All or nothing. A server that was found by itself is written down, so that it stays when others are added.
  await changeProfiles(configuration.paths, () => ({
    documents: new Map([[name, document]]),
    config: (config) => {
      const { name: called, type, url } = backend;
      const kept = backend.source === "detected" ? withRecord(config, called, { type, url }) : config;
      return { ...kept, default_profile: name };
    },
  }));
  note(context, `saved profile "${name}" (${model} @ ${backend.name}), which is the default now`);
  const words = [
    ...[
      "nexus",
      "init",
      ...flag("--backend", backend.name),
      ...flag("--model", model),
      ...flag("--name", name),
    ],
    ...(exit === EXIT.ok && test ? [] : ["--no-test"]),
  ];
  if (asking !== undefined) note(context, `the same without questions: ${commandLine(words)}`);
  note(context, 'next: nexus chat "Why is the sky blue?"');
  return EXIT.ok;
}

async function askBackend(
  context: CommandContext,
  asking: Asking | undefined,
  backends: readonly Backend[],
): Promise<Backend> {
  const [first] = backends;
  if (first === undefined || asking === undefined) throw noBackends();
  note(context, `found ${backends.map(found).join(", ")}`);
  const choices = backends.map((backend) => ({ value: backend.name, name: found(backend) }));
  const name: string = await asking.pick<string>("Which one shall answer?", choices);
  return backends.find((backend) => backend.name === name) ?? first;
}

function found({ name, url, source, key }: Backend): string {
  return source === "preset" ? `${name} (its key is there: ${key.env[0] ?? "stored"})` : `${name} at ${url}`;
}

function missing(name: string): never {
  throw new Problem("usage", "init_usage", `${name} is missing`, SHAPE);
}
