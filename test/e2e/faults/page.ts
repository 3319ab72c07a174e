import { markdownTable } from "../../support/generated.ts";
import { ELSEWHERE, SECTIONS } from "./catalogue.ts";
import { isSpecial, type Row, type Runs } from "./row.ts";

const INTRO = `# Faults

What \`nexus chat\` makes of everything that can go wrong with a backend. This page is made by the tests: each row was played
through the program over a real socket, and the chain log and the exit code are what it printed.

The profile is a failover profile of two members, \`faulty\` and \`good\`. Where a fault strikes before the first content, the
next member answers and nobody sees it but in the chain log; the exit code in brackets is that of a run over the faulty
member alone. After the first content nothing is asked again: what had come stays, exit 7.

To replay a row, start the mock, make it a backend and ask it:

\`\`\`sh
nexus mock --port 9001 --fault 503 &
nexus backend add http://127.0.0.1:9001 --name faulty
\`\`\`

Several faults, one after the other, are several \`--fault\`; what stands beside them is set in the profile. Silent faults are played with short \`timeouts\` of the backend.
\`nexus help faults\` lists every fault of the mock with its parameters. [What each exit code means](../README.md).
`;

/** The page of all faults, from what a run of every row printed. Throws for a row that was not played. */
export function faultsPage(played: ReadonlyMap<Row, Runs>): string {
  const sections = SECTIONS.map(({ title, rows }) => {
    const cells = rows.map((row) => {
      const runs = played.get(row);
      if (runs === undefined)
        throw new Error(`${row.id} ${row.fault}: not played, so that the page cannot be made`);
      return [row.id, row.fault, replay(row), code(steady(runs.paired.chain)), exits(runs)];
    });
    return `## ${title}\n\n${markdownTable(["", "Fault", "Replay", "Chain log", "Exit"], cells)}\n`;
  });
  const others = Object.entries(ELSEWHERE).map(
    ([id, { fault, where }]) => `- **${id}** ${fault}: ${where}\n`,
  );
  return `${INTRO}\n${sections.join("\n")}\n## Not in one run\n\n${others.join("")}`;
}

function replay({ peer, stream, settings = {}, promptMb }: Row): string {
  const set = Object.entries({ ...(stream === false && { stream }), ...settings });
  return [
    faults(peer),
    ...set.map(([key, value]) => code(`${key}=${value}`)),
    ...(promptMb === undefined ? [] : [`a prompt of ${promptMb} MB`]),
  ].join(", ");
}

function faults(peer: Row["peer"]): string {
  if (isSpecial(peer)) return peer.how;
  const steps = (typeof peer === "string" ? [peer] : peer).map((step) => `--fault ${quoted(String(step))}`);
  return code(steps.join(" "));
}

function quoted(step: string): string {
  return /^[\w:=,./-]+$/.test(step) ? step : `'${step}'`;
}

function exits({ paired, alone }: Runs): string {
  return alone === undefined || alone.code === paired.code
    ? String(paired.code)
    : `${paired.code} (${alone.code})`;
}

/** The text without what changes from run to run or from one Node to the next, and what nobody reads to its end. */
function steady(chain: string): string {
  return chain
    .replace(/(127\.0\.0\.1):\d+/g, "$1:PORT")
    .replace(/ERR_SSL_\w+/g, "ERR_SSL_…")
    .replace(/x{20,}/g, "xxxxx");
}

function code(text: string): string {
  return text.includes("`") ? `\`\` ${text} \`\`` : `\`${text}\``;
}
