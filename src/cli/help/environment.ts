import { ENVIRONMENT } from "../../config/env.ts";

/** The page `nexus help environment`, from the table of everything that is read. */
export function environmentPage(): string {
  const width = Math.max(...ENVIRONMENT.map(({ name }) => name.length));
  const rows = ENVIRONMENT.map(({ name, meaning }) => `  ${name.padEnd(width)}  ${meaning}`);
  return `Environment variables that nexus reads. Flags win over them, and they win over files. No .env file is loaded.\n\n${rows.join("\n")}\n`;
}
