// What is asked and answered: one prompt of 2 KB, one answer as a whole and as a stream.

const PARAGRAPH =
  "The proxy receives a chat request, chooses a backend by its routing policy, rewrites the model name, forwards the body and streams the answer back to the caller. ";
const CODE = "```ts\nexport function pick(xs: Backend[], i: number) {\n  return xs[i % xs.length];\n}\n```\n";
const ANSWER = PARAGRAPH.repeat(5).trim();
const WORDS = ANSWER.split(" ");
const PROMPT_TOKENS = 410;

/** The body of a chat request of about 2 KB. */
export function chatRequest({ stream = false, model = "gpt-4o-mini" } = {}) {
  return JSON.stringify({
    model,
    messages: [
      {
        role: "system",
        content: `You are a careful assistant for software engineers. ${PARAGRAPH.repeat(4)}`,
      },
      { role: "user", content: `Explain this function:\n${CODE}${PARAGRAPH.repeat(2)}` },
      { role: "assistant", content: `It selects a backend in turn. ${PARAGRAPH}` },
      { role: "user", content: `Now write a test for it. ${PARAGRAPH.repeat(2)}` },
    ],
    temperature: 0.7,
    max_tokens: 512,
    stream,
    ...(stream && { stream_options: { include_usage: true } }),
  });
}

/** What a backend answers when it is asked for its models. */
export const MODEL_LIST = '{"object":"list","data":[{"id":"gpt-4o-mini-real","object":"model"}]}';

/** The body of an unstreamed answer. */
export function chatAnswer() {
  const message = { role: "assistant", content: ANSWER, refusal: null };
  return JSON.stringify({
    ...identity("chat.completion"),
    choices: [{ index: 0, message, logprobs: null, finish_reason: "stop" }],
    usage: usageOf(150),
    system_fingerprint: "fp_bench",
  });
}

/** The body of a streamed answer of so many chunks of text. */
export function chatStream(chunks) {
  const text = Array.from({ length: chunks }, (_, i) =>
    choice({ content: ` ${WORDS[i % WORDS.length]}` }, null),
  );
  const usage = event({ choices: [], usage: usageOf(chunks) });
  return `${choice({ role: "assistant", content: "" }, null)}${text.join("")}${choice({}, "stop")}${usage}data: [DONE]\n\n`;
}

/** One event of a stream. */
export function choice(delta, finishReason) {
  return event({ choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }] });
}

function event(rest) {
  const chunk = { ...identity("chat.completion.chunk"), system_fingerprint: "fp_bench", ...rest };
  return `data: ${JSON.stringify(chunk)}\n\n`;
}

function identity(object) {
  return { id: "chatcmpl-bench0001", object, created: 1763600000, model: "gpt-4o-mini" };
}

function usageOf(output) {
  return {
    prompt_tokens: PROMPT_TOKENS,
    completion_tokens: output,
    total_tokens: PROMPT_TOKENS + output,
  };
}
