/** What a page asks of whoever replays it. */
export interface Stage {
  /** Starts a backend as `<!-- backend: {…} -->` describes it. */
  backend(description: unknown): Promise<void>;
  /** Runs one command line and returns everything it printed, in order. */
  run(command: string): Promise<string>;
}

const PIECE = /<!-- (backend|run): ([\s\S]*?) -->|^```console\n([\s\S]*?)^```$/gm;

/**
 * Replays a page in order and returns it as it should read: backends started, hidden commands (`<!-- run: … -->`) run, and
 * in every `console` block the output of each `$ command` replaced by what it prints now. Output that differs in nothing
 * but times, ids, ports and the width of columns stays as it stands.
 */
export async function replay(page: string, stage: Stage): Promise<string> {
  let text = "";
  let from = 0;
  for (const match of page.matchAll(PIECE)) {
    const [all, kind, hidden = "", block = ""] = match;
    if (kind === "backend") await stage.backend(JSON.parse(hidden));
    else if (kind === "run") await stage.run(hidden);
    text += page.slice(from, match.index);
    text += kind === undefined ? `\`\`\`console\n${await replayBlock(block, stage)}\`\`\`` : all;
    from = match.index + all.length;
  }
  return text + page.slice(from);
}

async function replayBlock(block: string, stage: Stage): Promise<string> {
  let text = "";
  for (const part of block.split(/^(?=\$ )/m)) {
    const [first = "", ...rest] = part.split("\n");
    const continued = rest.findIndex((line) => !line.startsWith("> "));
    const command = [first.slice(2), ...rest.slice(0, continued).map((line) => line.slice(2))].join("\n");
    const shown = rest.slice(continued).join("\n");
    const printed = await stage.run(command);
    const output = constant(printed) === constant(shown) ? shown : printed;
    text += part.slice(0, part.length - shown.length) + output;
  }
  return text;
}

/** The text with everything that changes from run to run made the same. */
function constant(text: string): string {
  return (
    text
      .replace(/\breq_\w+/g, "req_ID")
      .replace(/\b\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?\b/g, "WHEN")
      .replace(/\b\d+(?:\.\d+)? (?:ms|s|min)\b/g, "TIME")
      // Columns are as wide as what stands in them.
      .replace(/ {2,}/g, "  ")
      .replace(/"(\w+_ms)": \d+(?:\.\d+)?/g, '"$1": TIME')
      .replace(/(127\.0\.0\.1|localhost):\d+/g, "$1:PORT")
  );
}
