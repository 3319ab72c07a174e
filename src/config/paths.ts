import { homedir, platform } from "node:os";
import { isAbsolute, join, resolve } from "node:path";

/** Where nexus keeps its files. Nothing is made here. */
export interface Paths {
  readonly configDir: string;
  readonly configFile: string;
  readonly profilesDir: string;
  readonly stateDir: string;
  /** Keys of machines without a keyring; never part of the configuration proper. */
  readonly secretsFile: string;
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The places in force: `--config-dir` over `NEXUS_CONFIG_DIR` over the platform's directory; `NEXUS_STATE_DIR` over the
 * platform's. Not with the package env-paths, which reads the process's own environment and asks for a home directory
 * even where every path is given.
 */
export function resolvePaths(
  options: { configDir?: string | undefined },
  env: Env,
  os: NodeJS.Platform = platform(),
): Paths {
  const stated = set(options.configDir) ?? set(env["NEXUS_CONFIG_DIR"]);
  const configDir = resolve(stated ?? platformDir("config", env, os));
  return {
    configDir,
    configFile: join(configDir, "config.json"),
    profilesDir: join(configDir, "profiles"),
    stateDir: resolve(set(env["NEXUS_STATE_DIR"]) ?? platformDir("state", env, os)),
    secretsFile: join(configDir, "secrets.json"),
  };
}

function platformDir(kind: "config" | "state", env: Env, os: NodeJS.Platform): string {
  if (os === "win32") {
    const config = kind === "config";
    const base = config ? env["APPDATA"] : env["LOCALAPPDATA"];
    return join(
      set(base) ?? join(homedir(), "AppData", config ? "Roaming" : "Local"),
      "nexus",
      config ? "Config" : "State",
    );
  }
  if (os === "darwin") {
    return join(homedir(), "Library", kind === "config" ? "Preferences" : "Application Support", "nexus");
  }
  // XDG: a path that is not absolute is to be ignored.
  const base = set(kind === "config" ? env["XDG_CONFIG_HOME"] : env["XDG_STATE_HOME"]);
  if (base !== undefined && isAbsolute(base)) return join(base, "nexus");
  return join(set(env["HOME"]) ?? homedir(), kind === "config" ? ".config" : ".local/state", "nexus");
}

function set(value: string | undefined): string | undefined {
  return value === undefined || value === "" ? undefined : value;
}
