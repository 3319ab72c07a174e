/** One acceptance fact and its text. */
export interface Fact {
  readonly id: string;
  readonly text: string;
}

/** A group of facts, under the heading it has in the list. */
export interface FactGroup {
  readonly heading: string;
  readonly facts: readonly Fact[];
}

/** A test that ran, with the titles of the groups around it. */
export interface TestTitle {
  readonly file: string;
  readonly title: string;
}

const FACT = /^- ((?:A\d{3}|X)-\d{2}) (.*)$/;
const ID = /\b(?:A\d{3}|X)-\d{2}\b/g;

/** Reads the list of facts: `## heading`, then one `- ID text` a line. */
export function readFacts(markdown: string): readonly FactGroup[] {
  return markdown
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [heading = "", ...lines] = section.split("\n");
      const facts = lines.flatMap((line) => {
        const [, id, text] = FACT.exec(line) ?? [];
        return id === undefined || text === undefined ? [] : [{ id, text }];
      });
      return { heading: heading.trim(), facts };
    });
}

/** Ids that tests name but no fact has: a typing mistake in a title. */
export function unknownIds(groups: readonly FactGroup[], tests: readonly TestTitle[]): readonly string[] {
  const known = new Set(groups.flatMap(({ facts }) => facts.map(({ id }) => id)));
  return [...new Set(tests.flatMap(({ title }) => idsIn(title)))].filter((id) => !known.has(id)).sort();
}

/** The page that says which tests show which fact. The same tests give the same page, in whatever order they ran. */
export function acceptancePage(groups: readonly FactGroup[], tests: readonly TestTitle[]): string {
  const byFact = new Map<string, TestTitle[]>();
  for (const test of tests) {
    for (const id of idsIn(test.title)) {
      const known = byFact.get(id);
      if (known === undefined) byFact.set(id, [test]);
      else known.push(test);
    }
  }
  const sections = groups.map(({ heading, facts }) =>
    [`## ${heading}`, "", ...facts.map((fact) => entry(fact, byFact.get(fact.id) ?? []))].join("\n"),
  );
  return `${[PREFACE, ...sections].join("\n\n")}\n`;
}

const PREFACE = `# Acceptance

What the finished program is to do, fact by fact, and the tests that show it. Written by a full passing run of \`npm test\`;
do not edit. "—": no test names this fact yet. A test that its machine cannot run (no such tool there) is listed all the same.`;

/** Tests of one file that are more than this are counted, and one of them named: a table that is run says the same many times. */
const MANY = 12;

function entry({ id, text }: Fact, tests: readonly TestTitle[]): string {
  const files = [...new Set(tests.map(({ file }) => file))];
  const lines = files.flatMap((file) => {
    const titles = [...new Set(tests.filter((test) => test.file === file).map(({ title }) => title))].sort();
    if (titles.length <= MANY) return titles.map((title) => `${title} (\`${file}\`)`);
    return [`${titles[0]}, and ${titles.length - 1} more like it (\`${file}\`)`];
  });
  const shown = lines.sort().map((line) => `  - ${line}`);
  return [`- **${id}** ${text}`, ...(shown.length === 0 ? ["  - —"] : shown)].join("\n");
}

function idsIn(title: string): string[] {
  return [...new Set(title.match(ID) ?? [])];
}
