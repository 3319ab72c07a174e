import type { ChatRequest } from "../../core/chat.ts";
import type { Outcome, RunEvent } from "../../core/outcome.ts";
import { Problem } from "../../core/problem.ts";
import type { Take } from "../../core/take.ts";
import type { Conversation } from "../sessions/conversation.ts";
import { answerCollector } from "./answer-message.ts";

/**
 * A run as a turn of a conversation: its prompt is kept before anything is sent, the answer when it is over. One that could
 * not begin, for an unknown name, leaves nothing.
 */
export async function keptRun(
  conversation: Conversation,
  request: ChatRequest,
  run: (tell: Take<RunEvent>) => Promise<Outcome>,
  tell: Take<RunEvent>,
): Promise<Outcome> {
  const [prompt] = request.messages.slice(-1);
  if (prompt === undefined) return run(tell);
  const answer = answerCollector();
  await conversation.begin(prompt);
  try {
    const outcome = await run((event) => {
      if (event.type === "chat") answer.add(event.event);
      return tell(event);
    });
    await conversation.end(answer.message(), outcome);
    return outcome;
  } catch (error) {
    if (error instanceof Problem) await conversation.takeBack();
    throw error;
  }
}
