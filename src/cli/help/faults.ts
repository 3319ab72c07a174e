import { faultCatalogue, STATUS_PARAMS } from "../../mock/catalogue.ts";

/** The page of all faults a scripted backend knows, made from the table the server runs. */
export function faultsPage(): string {
  const entries = faultCatalogue();
  const width = Math.max(...entries.map(({ name }) => name.length)) + 2;
  const faults = entries.map(({ name, meaning, params }) => {
    const shown = params.length === 0 ? "" : ` [${params.join(", ")}]`;
    return `  ${name.padEnd(width)}${meaning}${shown}`;
  });
  return `Faults a scripted backend can be told to have: nexus mock --fault NAME[:PARAMETER=VALUE,…]

${faults.join("\n")}

Any other status from 200 to 999 is a fault too. Statuses take
${STATUS_PARAMS}.
A backend that cannot be reached needs no mock: use a port where nothing listens.

Examples:
  nexus mock --fault 503 --fault ok
  nexus mock --fault 429:retry-after=2 --fault ok
`;
}
