import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { configFromEnvironment } from "../../src/config/env.ts";
import { readSettings } from "../../src/config/settings.ts";
import { SETTING_NAMES, SETTINGS } from "../../src/config/settings-table.ts";
import { DEFAULT_SETTINGS } from "../../src/core/settings.ts";

const read = (stated: unknown) => readSettings(stated, "settings");

describe("settings", () => {
  it("A003-08 without any, the defaults hold", () => {
    expect(read(undefined)).toEqual({ settings: DEFAULT_SETTINGS, warnings: [] });
    expect(DEFAULT_SETTINGS.failover_retry_count).toBe(1);
    expect(DEFAULT_SETTINGS.failover_retry_delay_ms).toBe(0);
    expect(DEFAULT_SETTINGS.failover_on_network_errors).toBe(true);
    expect(DEFAULT_SETTINGS.failover_status_codes).toBeUndefined();
  });

  it.each([
    [0, 1],
    [1, 1],
    [100, 100],
    [101, 100],
    [1e9, 100],
  ])("A003-08 a retry count of %d means %d", (stated, meant) => {
    expect(read({ failover_retry_count: stated }).settings.failover_retry_count).toBe(meant);
  });

  it.each(SETTINGS.map(({ name }) => name))(
    "A003-09 a wrong type of %s is a warning and the default",
    (name) => {
      for (const wrong of ["3", {}, null, [true], -1]) {
        const { settings, warnings } = read({ [name]: wrong });
        expect(settings).toEqual(DEFAULT_SETTINGS);
        expect(warnings).toHaveLength(1);
        expect(warnings[0]).toContain(`settings.${name}`);
      }
    },
  );

  it("an unknown setting is a warning with the nearest one", () => {
    expect(read({ failover_retry_cuont: 2 }).warnings[0]).toContain("failover_retry_count");
  });

  it("what is usable is taken although something else is not", () => {
    const { settings } = read({ failover_sticky: true, timeout_ms: "soon", failover_status_codes: [503] });
    expect(settings).toEqual({ ...DEFAULT_SETTINGS, failover_sticky: true, failover_status_codes: [503] });
  });

  it("never throws and always gives whole settings", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...SETTING_NAMES, "__proto__", "x"), fc.jsonValue()),
        (stated) => {
          const { settings } = read(stated);
          expect(Number.isInteger(settings.failover_retry_count)).toBe(true);
          expect(settings.failover_retry_count).toBeGreaterThanOrEqual(1);
          expect(settings.failover_retry_count).toBeLessThanOrEqual(100);
          expect(typeof settings.failover_on_network_errors).toBe("boolean");
        },
      ),
    );
  });

  it("the table has a row for every setting that has a default", () => {
    expect(SETTING_NAMES).toEqual(expect.arrayContaining(Object.keys(DEFAULT_SETTINGS)));
  });
});

describe("settings from the environment", () => {
  it("T20 NEXUS_ROUTING_SETTINGS_… are read as JSON where they parse", () => {
    const env = { NEXUS_ROUTING_SETTINGS_TIMEOUT_MS: "5000", NEXUS_ROUTING_SETTINGS_FAILOVER_STICKY: "true" };
    expect(configFromEnvironment(env).routingSettings).toEqual({ timeout_ms: 5000, failover_sticky: true });
  });

  it("a variable that cannot be read is a warning that names it", () => {
    const { warnings, ...rest } = configFromEnvironment({
      NEXUS_PRESETS: "no",
      NEXUS_ROUTING_SETTINGS_TIMEOUT_MS: "x",
    });
    expect(rest).toEqual({
      routing: {},
      routingSettings: {},
      sections: { health: {}, discovery: {}, sessions: {}, chat: {} },
    });
    expect(warnings.join()).toMatch(/NEXUS_PRESETS.*NEXUS_ROUTING_SETTINGS_TIMEOUT_MS/);
  });

  it("a variable that cannot be read is ignored, and no default is said to hold: the file's setting does", () => {
    const { warnings } = configFromEnvironment({ NEXUS_ROUTING_SETTINGS_TIMEOUT_MS: "x" });
    expect(warnings).toEqual([expect.stringMatching(/TIMEOUT_MS: has to be a whole .*, not "x"; ignored$/)]);
  });

  it("T20 NEXUS_PROFILE wins over NEXUS_DEFAULT_PROFILE, an empty one is unset", () => {
    expect(configFromEnvironment({ NEXUS_PROFILE: "a", NEXUS_DEFAULT_PROFILE: "b" }).defaultProfile).toBe(
      "a",
    );
    expect(configFromEnvironment({ NEXUS_PROFILE: "", NEXUS_DEFAULT_PROFILE: "b" }).defaultProfile).toBe("b");
  });
});
