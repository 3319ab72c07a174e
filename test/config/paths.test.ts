import { userInfo } from "node:os";
import { describe, expect, it } from "vitest";
import { resolvePaths } from "../../src/config/paths.ts";

describe("paths", () => {
  it("T21 --config-dir wins over NEXUS_CONFIG_DIR, which wins over the platform", () => {
    const env = { NEXUS_CONFIG_DIR: "/env", HOME: "/home/me" };
    expect(resolvePaths({ configDir: "/flag" }, env, "linux").configFile).toBe("/flag/config.json");
    expect(resolvePaths({}, env, "linux").profilesDir).toBe("/env/profiles");
    expect(resolvePaths({}, { HOME: "/home/me" }, "linux").configDir).toBe("/home/me/.config/nexus");
  });

  it("T21 XDG directories are honoured on Linux, relative ones are not", () => {
    const env = { HOME: "/home/me", XDG_CONFIG_HOME: "/xdg/config", XDG_STATE_HOME: "state" };
    expect(resolvePaths({}, env, "linux").configDir).toBe("/xdg/config/nexus");
    expect(resolvePaths({}, env, "linux").stateDir).toBe("/home/me/.local/state/nexus");
  });

  it("T21 NEXUS_STATE_DIR overrides the state directory; an empty variable is an unset one", () => {
    expect(resolvePaths({}, { HOME: "/h", NEXUS_STATE_DIR: "/state" }, "linux").stateDir).toBe("/state");
    expect(resolvePaths({}, { HOME: "/h", NEXUS_CONFIG_DIR: "" }, "linux").configDir).toBe(
      "/h/.config/nexus",
    );
  });

  it.each([{}, { HOME: "" }, { HOME: "relative" }])(
    "S21 with the environment %j the system is asked for the home",
    (env) => {
      expect(resolvePaths({}, env, "linux").configDir).toBe(`${userInfo().homedir}/.config/nexus`);
    },
  );

  it("other platforms have their own places", () => {
    expect(resolvePaths({}, {}, "darwin").configDir).toBe(`${userInfo().homedir}/Library/Preferences/nexus`);
    expect(resolvePaths({}, { APPDATA: "/roaming" }, "win32").configDir).toContain("nexus");
  });
});
