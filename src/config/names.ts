import { Problem } from "../core/problem.ts";

/** What a name of a profile or backend looks like; the file system and `inner/leaf` paths rely on it. */
const NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$/;

/** Names of devices on Windows, with any extension; a file of that name can neither be read nor deleted there. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$/i;

/** Why a name cannot be a profile's, or undefined when it can. */
export function nameFault(name: string): string | undefined {
  if (name === "") return "the name is empty";
  if (name.startsWith(".")) return "a name does not begin with a dot";
  if (name.length > 64) return "a name has at most 64 characters";
  if (!NAME.test(name)) return "a name has only letters, digits, dots, underscores and dashes";
  if (name.endsWith(".")) return "a name does not end with a dot";
  if (RESERVED.test(name)) return "Windows keeps that name for a device";
  return undefined;
}

/**
 * Throws a `Problem` unless `name` can be that of a new profile beside the existing ones. A twin that differs in case
 * only would be the same file on some systems.
 */
export function checkNewName(name: string, existing: Iterable<string>): void {
  const fault = nameFault(name);
  if (fault !== undefined) {
    throw new Problem("usage", "profile_name_invalid", `${JSON.stringify(name)}: ${fault}`);
  }
  const twin = [...existing].find((other) => other !== name && other.toLowerCase() === name.toLowerCase());
  if (twin === undefined) return;
  throw new Problem(
    "usage",
    "profile_name_taken",
    `profile "${name}": there is a profile "${twin}", which differs in upper and lower case only`,
  );
}
