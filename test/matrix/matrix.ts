import { beforeAll, describe, expect, it } from "vitest";
import type { Mock } from "../../src/mock/mock.ts";
import { backend } from "../e2e/support/backends.ts";
import { readToCut } from "../e2e/support/read-to-cut.ts";
import { serve } from "../e2e/support/server.ts";
import { workspace } from "../e2e/support/workspace.ts";
import { projectFile } from "../support/generated.ts";
import { BACKENDS } from "./backends.ts";
import type { Asked, MatrixDoor, Way } from "./door.ts";
import { FEATURES, type Feature, type NamedFeature } from "./features.ts";

/** What became of a feature on its way to a backend of a dialect. */
type Fate = "carried" | "dropped" | "refused";

const CASES = BACKENDS.flatMap(({ dialect, record }) =>
  FEATURES.map((feature: NamedFeature, at) => ({
    dialect,
    record,
    feature,
    model: `${dialect}-${at}`,
  })),
);

/** Asks every backend for every feature by each of these doors, and tells what became of them on a page. */
export function runMatrix(page: string, head: string, doors: readonly MatrixDoor[]): void {
  /** By door, feature and dialect. */
  const fates = new Map<string, Fate>();
  let way: Way;
  const mocks = new Map<string, Mock>();

  beforeAll(async () => {
    const finish: (() => Promise<void>)[] = [];
    const finished = (work: () => Promise<void>) => void finish.push(work);
    const space = await workspace(finished);
    for (const { dialect, feature, model } of CASES) {
      const { answer, fault } = feature;
      const script = {
        ...(answer !== undefined && { answer }),
        ...(fault !== undefined && { steps: [fault] }),
      };
      mocks.set(model, await backend({ dialect, ...script }, finished));
    }
    const backends = CASES.map(({ record, model }) => [
      model,
      { ...record, url: mocks.get(model)?.url, models: [model], api_key_env: "MATRIX_KEY" },
    ]);
    // Each door asks the same backends: none may be passed over for what happened to another's request.
    const routing = { settings: { circuit_breaker_enabled: false } };
    await space.config({ backends: Object.fromEntries(backends), routing, health: { enabled: false } });
    way = { server: await serve(space, [], { env: { MATRIX_KEY: "sk-of-the-matrix" } }, finished), space };
    return async () => {
      for (const work of finish.toReversed()) await work();
    };
  }, 60_000);

  describe.each([...doors])("X-05 A001-32 from a client of $name", (door) => {
    const cases = CASES.flatMap(({ feature, ...rest }) => {
      const asked = door.asks[feature.name];
      if (asked === undefined || asked === "no words") return [];
      const forms = [false, true].filter((stream) => feature.only !== (stream ? "whole" : "streamed"));
      return forms.map((stream) => ({ ...rest, feature, asked, stream }));
    });

    it.concurrent.each(cases)("$feature.name to $dialect (stream: $stream)", async (one) => {
      const { feature, dialect, model, asked, stream } = one;
      const response = await door.send(way, model, asked.body, stream);
      // The door cuts what it cannot finish.
      const { text } = await readToCut(response);
      const fate = fateOf(feature, asked, response, text, mocks.get(model)?.chats.at(-1)?.rawBody);
      if (fate !== "refused") {
        if (feature.fault === undefined) expect(response.status, text).toBe(200);
        const read = { ...door.read(text, stream), status: response.status };
        if (feature.returns !== undefined) expect(read, text).toMatchObject(feature.returns);
      }
      const key = `${door.name}/${feature.name}/${dialect}`;
      expect(fates.get(key) ?? fate).toBe(fate);
      fates.set(key, fate);
    });
  });

  it(`is told in ${page}`, async () => {
    const shown = BACKENDS.map(({ dialect }) => dialect);
    const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
    const tables = doors.map(({ name, asks }) => {
      const rows = FEATURES.filter((feature) => asks[feature.name] !== "no words").map((feature) =>
        row([
          feature.name,
          ...shown.map((dialect) => fates.get(`${name}/${feature.name}/${dialect}`) ?? "not run"),
        ]),
      );
      const without = FEATURES.filter((feature) => asks[feature.name] === "no words").map((one) => one.name);
      const none = without.length === 0 ? [] : ["", `The language has no words for: ${without.join(" · ")}.`];
      const head = [`from ${name} to`, ...shown];
      return [`## ${name}`, "", row(head), row(head.map(() => "---")), ...rows, ...none].join("\n");
    });
    await expect(`${head}\n${tables.join("\n\n")}\n`).toMatchFileSnapshot(projectFile(page));
  });
}

/** A feature that does not arrive has to be told: nothing is lost in silence. */
function fateOf(
  { arrives = [] }: Feature,
  { field }: Asked,
  response: Response,
  text: string,
  received: string | undefined,
): Fate {
  if (response.status === 422) {
    expect(text).toContain("unsupported_feature");
    return "refused";
  }
  const dropped = (response.headers.get("x-nexus-dropped") ?? "").split(", ");
  if (field !== undefined && dropped.includes(field)) return "dropped";
  for (const mark of arrives) expect(received).toMatch(mark);
  return "carried";
}
