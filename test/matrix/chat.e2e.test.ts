import { runMatrix } from "./matrix.ts";
import { nexusChat } from "./nexus-chat.ts";

const HEAD = `# Dialects: what \`nexus chat\` carries

Written by the test run (\`test/matrix/\`), through the built program, with \`--json\` and with \`--ndjson\`. The words are those of
[the same page for the doors of \`nexus serve\`](dialects.md); what is dropped is named on standard error.
`;

runMatrix("docs/dialects-chat.md", HEAD, [nexusChat]);
