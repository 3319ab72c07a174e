import { isPublic } from "../../backends/address.ts";
import { keyHint } from "../../backends/missing-key.ts";
import type { Backend, ModelInfo } from "../../core/backend.ts";
import { formatDuration } from "../../core/duration.ts";
import type { FailureClass } from "../../core/failure.ts";
import { askModels } from "../../registry/list-models.ts";
import { failureText, listingFailure } from "../../registry/listing-failure.ts";
import { createFindKey, keyProblem, locateKey, placeName, storedKeys } from "../../secrets/keys.ts";
import type { CommandContext } from "../app.ts";
import { ASK_MS, hintFor } from "../backend/verdict.ts";
import type { World } from "../wiring.ts";
import { type Finding, findingsOf } from "./finding.ts";

/** What was found out about backends. */
export interface BackendsCheck {
  readonly findings: readonly Finding[];
  /** What each that told them serves, by name. */
  readonly models: ReadonlyMap<string, readonly ModelInfo[]>;
  /** By how many milliseconds the clocks of those that told the time are ahead of this machine's. */
  readonly ahead: readonly number[];
}

/** Causes that say that the backend is there, and that time mends. */
const BUSY: ReadonlySet<FailureClass> = new Set(["rate_limited", "quota", "overloaded"]);

/**
 * Asks all backends at the same time for their models, which costs nothing: are they there, and do they take the key?
 * `answered` hears the name of each as it is done.
 */
export async function checkBackends(
  { app }: CommandContext,
  world: Pick<World, "configuration" | "upstream">,
  backends: readonly Backend[],
  answered: (name: string) => void,
): Promise<BackendsCheck> {
  const keys = findingsOf("keys");
  const say = findingsOf("backends");
  const findings: Finding[] = [];
  const models = new Map<string, readonly ModelInfo[]>();
  const ahead: number[] = [];
  const warn = (text: string) => findings.push(keys.warning(text));
  const { env, clock } = app;
  const { paths } = world.configuration;
  const vault = await storedKeys({ env, paths, warn });
  const findKey = createFindKey({ env, paths, warn });
  const get: World["upstream"]["get"] = async (...asked) => {
    const got = await world.upstream.get(...asked);
    const date = got.ok ? Date.parse(String(got.headers["date"])) : Number.NaN;
    if (!Number.isNaN(date)) ahead.push(date - clock.now());
    return got;
  };
  const one = async (backend: Backend): Promise<void> => {
    const { name, url } = backend;
    const place = locateKey(backend, env, vault);
    if (place.at === "missing" || place.at === "elsewhere") {
      findings.push(keys.broken(keyProblem(backend, place), keyHint(backend)));
      return answered(name);
    }
    if (place.at !== "none") findings.push(keys.ok(`${name}: there (${placeName(place)})`));
    if (new URL(url).protocol === "http:" && isPublic(new URL(url).hostname)) {
      const hint = `nexus backend edit ${name} --url https://…`;
      findings.push(say.warning(`${name}: prompts and keys travel to ${url} unencrypted`, hint));
    }
    const began = clock.now();
    const listing = await askModels({ get }, findKey, backend, AbortSignal.timeout(ASK_MS));
    const took = formatDuration(clock.now() - began);
    const failure = listingFailure(backend, listing);
    const told = listing.ok ? listing.models : backend.models;
    if (told !== undefined) models.set(name, told);
    if (failure !== undefined) {
      const level = BUSY.has(failure.class) ? say.warning : say.broken;
      findings.push(level(`${name}: ${failureText(failure)}`, hintFor(backend, failure)));
    } else if (listing.ok) {
      findings.push(say.ok(`${name}: answers in ${took}, ${modelsText(listing.models.length)}`));
    } else {
      findings.push(say.ok(`${name}: answers in ${took}; it lists no models, so its key was not checked`));
    }
    answered(name);
  };
  await Promise.all(backends.map(one));
  if (backends.length === 0) findings.push(say.broken("there is none to ask", "nexus init"));
  return { findings: findings.toSorted(byText), models, ahead };
}

/** Which answers first is chance. */
function byText(a: Finding, b: Finding): number {
  return a.text < b.text ? -1 : Number(a.text > b.text);
}

function modelsText(count: number): string {
  return `${count} ${count === 1 ? "model" : "models"}`;
}
