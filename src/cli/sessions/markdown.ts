import type { Message, Part } from "../../core/chat.ts";
import { localTime } from "../../core/local-time.ts";
import type { Session, Turn } from "../../sessions/session.ts";
import { footer } from "./footer.ts";

/** A session as Markdown: what was said stands as it was written. */
export function sessionMarkdown({ name, title, createdAt, setup, log }: Session): string {
  const { target, system } = setup;
  const about = [
    `- begun: ${localTime(new Date(createdAt))}`,
    ...(target === undefined ? [] : [`- ${target.kind}: ${target.name}`]),
    ...(system === undefined ? [] : [`- system text: ${system.replaceAll("\n", "\n  ")}`]),
  ];
  return `${[`# ${title || name}`, `Session ${name}`, about.join("\n"), ...log.map(turnMarkdown)].join("\n\n")}\n`;
}

function turnMarkdown({ at, prompt, answer, result }: Turn): string {
  return [
    `## You, ${localTime(new Date(at))}`,
    messageText(prompt),
    `## ${result?.model ?? "Answer"}`,
    answer === undefined ? "(no answer)" : messageText(answer),
    ...(result === undefined ? [] : [`*${footer(result)}*`]),
  ].join("\n\n");
}

/** What a message says, what is no text named in brackets; what it thought is not said. */
function messageText({ parts }: Message): string {
  const told = parts.filter(({ type }) => type !== "reasoning");
  return told.map(partText).join("\n\n").trimEnd();
}

function partText(part: Part): string {
  switch (part.type) {
    case "text":
      return part.text;
    case "image":
      return part.media === undefined ? `[image ${part.data}]` : `[image, ${part.media}]`;
    case "tool-call":
      return `[call of ${part.name}: ${part.arguments}]`;
    default:
      return `[${part.type}]`;
  }
}
