import { anthropicClient } from "./anthropic.ts";
import { geminiClient } from "./gemini.ts";
import { runMatrix } from "./matrix.ts";
import { ollamaClient } from "./ollama.ts";
import { openaiChatClient } from "./openai-chat.ts";
import { openaiResponsesClient } from "./openai-responses.ts";

const HEAD = `# Dialects: what is carried

Written by the test run (\`test/matrix/\`), through the built program: each feature is asked for at each door of \`nexus serve\`, streamed
and not, of a backend of each dialect; the tables say what the backend received and the client got. [The same for \`nexus chat\`](dialects-chat.md);
[the official clients](sdks.md) and [coding agents](agents.md) that were run over each.
\`carried\`: it arrived, and came back. \`dropped\`: left out because the dialect has no place for it, and named in \`x-nexus-dropped\`.
\`refused\`: 422 that names field and backend, when no other candidate can be sent it.
`;

runMatrix("docs/dialects.md", HEAD, [
  openaiChatClient,
  openaiResponsesClient,
  anthropicClient,
  geminiClient,
  ollamaClient,
]);
