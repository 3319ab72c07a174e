import type { Register } from "../program.ts";

/** Every command, in the order of the help. */
export const COMMANDS: readonly Register[] = [];
