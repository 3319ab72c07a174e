/** Names that only the user's own files know. A completion script asks for them with `nexus __names KIND`. */
export const LIVE_KINDS = ["profile", "backend", "model"] as const;

/** One of them. */
export type LiveKind = (typeof LIVE_KINDS)[number];

/** Whether a word names one of them. */
export function isLive(kind: string | undefined): kind is LiveKind {
  return LIVE_KINDS.some((one) => one === kind);
}

const FLAGS: Readonly<Record<string, LiveKind>> = {
  "--profile": "profile",
  "--backend": "backend",
  "--model": "model",
};

/** Commands whose first argument, or all of them, is a name that exists; by their path. */
const ARGUMENTS: Readonly<Record<string, LiveKind>> = {
  "nexus profile show": "profile",
  "nexus profile edit": "profile",
  "nexus profile set": "profile",
  "nexus profile copy": "profile",
  "nexus profile rename": "profile",
  "nexus profile delete": "profile",
  "nexus profile default": "profile",
  "nexus profile check": "profile",
  "nexus profile export": "profile",
  "nexus profile save loadbalancer": "profile",
  "nexus backend show": "backend",
  "nexus backend edit": "backend",
  "nexus backend remove": "backend",
  "nexus backend test": "backend",
  "nexus backend drain": "backend",
  "nexus backend resume": "backend",
  "nexus key set": "backend",
  "nexus key delete": "backend",
  "nexus status reset": "backend",
};

/** What a flag's value is a name of. */
export function liveFlag(names: readonly string[]): LiveKind | undefined {
  return names.map((name) => FLAGS[name]).find((kind) => kind !== undefined);
}

/** What an argument is a name of: those called `name`, `names` and `members`. */
export function liveArgument(path: string, name: string): LiveKind | undefined {
  const isNew = path === "nexus profile save loadbalancer" && name === "name";
  return /^(?:names?|members)$/.test(name) && !isNew ? ARGUMENTS[path] : undefined;
}
