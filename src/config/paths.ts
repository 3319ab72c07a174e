import { homedir, platform, userInfo } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { Problem } from "../core/problem.ts";

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
 * platform's. Where no home directory is known, the state goes below a stated configuration directory, and without one
 * there is a `Problem`: nothing of ours ever lands in the working directory by itself. Not with the package env-paths,
 * which reads the process's own environment and asks for a home directory even where every path is given.
 */
export function resolvePaths(
  options: { configDir?: string | undefined },
  env: Env,
  os: NodeJS.Platform = platform(),
): Paths {
  const stated = set(options.configDir) ?? set(env["NEXUS_CONFIG_DIR"]);
  const configDir = resolve(stated ?? platformDir("config", env, os) ?? homeless());
  const stateDir = set(env["NEXUS_STATE_DIR"]) ?? platformDir("state", env, os) ?? join(configDir, "state");
  return {
    configDir,
    configFile: join(configDir, "config.json"),
    profilesDir: join(configDir, "profiles"),
    stateDir: resolve(stateDir),
    secretsFile: join(configDir, "secrets.json"),
  };
}

/** Undefined where it would be below a home directory and none is known. */
function platformDir(kind: "config" | "state", env: Env, os: NodeJS.Platform): string | undefined {
  const config = kind === "config";
  const home = homeOf(env, os);
  const below = (...path: readonly string[]) => (home === undefined ? undefined : join(home, ...path));
  if (os === "win32") {
    const base =
      set(config ? env["APPDATA"] : env["LOCALAPPDATA"]) ?? below("AppData", config ? "Roaming" : "Local");
    return base === undefined ? undefined : join(base, "nexus", config ? "Config" : "State");
  }
  if (os === "darwin") return below("Library", config ? "Preferences" : "Application Support", "nexus");
  // XDG: a path that is not absolute is to be ignored.
  const base = set(config ? env["XDG_CONFIG_HOME"] : env["XDG_STATE_HOME"]);
  if (base !== undefined && isAbsolute(base)) return join(base, "nexus");
  return below(config ? ".config" : ".local/state", "nexus");
}

/** `HOME`, else what the system knows of this user, which may be nothing in a container. */
function homeOf(env: Env, os: NodeJS.Platform): string | undefined {
  const stated = os === "win32" ? undefined : set(env["HOME"]);
  if (stated !== undefined && isAbsolute(stated)) return stated;
  try {
    return os === "win32" ? homedir() : userInfo().homedir;
  } catch {
    return undefined;
  }
}

function homeless(): never {
  throw new Problem(
    "config",
    "home_unknown",
    "there is no home directory to keep the configuration in: HOME is not set",
    "set HOME or NEXUS_CONFIG_DIR, or say --config-dir",
  );
}

function set(value: string | undefined): string | undefined {
  return value === undefined || value === "" ? undefined : value;
}
