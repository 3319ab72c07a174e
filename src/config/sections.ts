import * as z from "zod/mini";
import { jsonOrText } from "./json-or-text.ts";
import { CHAT, DISCOVERY, HEALTH, SESSIONS } from "./schema.ts";

/** A key of a section of `config.json` that has a default. */
export interface SectionKey {
  readonly section: "health" | "discovery" | "sessions" | "chat";
  readonly name: string;
  readonly fallback: unknown;
  /** What it may be, for people. */
  readonly allowed: string;
  readonly meaning: string;
  /** The variable that wins over the file; lists have none. */
  readonly variable?: string;
  /** Whether a value is one it may have. */
  allows(value: unknown): boolean;
}

/** Every key of these sections, made from the schema. Reference and environment come from this table. */
export const SECTION_KEYS: readonly SectionKey[] = [
  ...keysOf("health", HEALTH.shape),
  ...keysOf("discovery", DISCOVERY.shape),
  ...keysOf("sessions", SESSIONS.shape),
  ...keysOf("chat", CHAT.shape),
];

/** Checked values of keys, by section. */
export type StatedSections = Readonly<Record<SectionKey["section"], Readonly<Record<string, unknown>>>>;

/** What the environment says of these sections; what cannot be read is a warning that names the variable. */
export function sectionsFromEnvironment(env: Readonly<Record<string, string | undefined>>): {
  readonly stated: StatedSections;
  readonly warnings: readonly string[];
} {
  const stated: Record<SectionKey["section"], Record<string, unknown>> = {
    health: {},
    discovery: {},
    sessions: {},
    chat: {},
  };
  const warnings: string[] = [];
  for (const key of SECTION_KEYS) {
    const text = key.variable === undefined ? "" : (env[key.variable] ?? "");
    if (text === "") continue;
    const value = jsonOrText(text);
    if (key.allows(value)) stated[key.section][key.name] = value;
    else warnings.push(`${key.variable}: has to be ${key.allowed}, ignored`);
  }
  return { stated, warnings };
}

function keysOf(
  section: SectionKey["section"],
  shape: Readonly<Record<string, z.ZodMiniDefault<z.ZodMiniType>>>,
): readonly SectionKey[] {
  return Object.entries(shape).map(([name, field]) => ({
    section,
    name,
    fallback: field.def.defaultValue,
    get allowed() {
      return field.safeParse(null).error?.issues[0]?.message ?? "";
    },
    meaning: z.globalRegistry.get(field)?.description ?? "",
    ...(field.def.innerType instanceof z.ZodMiniArray
      ? {}
      : { variable: `NEXUS_${section}_${name}`.toUpperCase() }),
    allows: (value) => field.safeParse(value).success,
  }));
}
