import { nameFault } from "../../config/names.ts";
import type { ChatRequest, Message } from "../../core/chat.ts";
import { localDay } from "../../core/local-time.ts";
import type { Outcome } from "../../core/outcome.ts";
import type { Chance } from "../../core/ports.ts";
import { Problem } from "../../core/problem.ts";
import type { Sessions } from "../../sessions/open.ts";
import { messagesOf, resultOf, type Session, type Turn } from "../../sessions/session.ts";
import type { SessionKey } from "../../sessions/write.ts";
import type { Setup } from "../../sessions/written.ts";

/** A conversation that goes on. Each prompt is kept before it is sent, each answer when it is over. */
export interface Conversation {
  readonly name: string;
  readonly log: readonly Turn[];
  /** How the next prompt is asked. */
  setup: Setup;
  /** The request with everything said so far before its prompt, which is its last message. */
  goingOn(request: ChatRequest): ChatRequest;
  /** Keeps a prompt that is about to be sent. */
  begin(prompt: Message): Promise<void>;
  /** Keeps what became of it. */
  end(answer: Message | undefined, outcome: Outcome): Promise<void>;
  /** Takes the last turn back; undefined when there is none. */
  takeBack(): Promise<Turn | undefined>;
  /** Another name. Throws a `Problem` for one that is none or that is taken. */
  rename(name: string): Promise<void>;
}

/** What a conversation needs. Without `sessions` nothing of it is kept. */
export interface ConversationDeps {
  readonly sessions: Sessions | undefined;
  readonly chance: Chance;
  /** Milliseconds since 1970. */
  readonly wallMs: () => number;
}

/** Goes on with a saved conversation, or begins one. */
export function conversation(
  { sessions, chance, wallMs }: ConversationDeps,
  from: Session | { readonly name?: string } = {},
): Conversation {
  const now = wallMs();
  const saved = "log" in from ? from : undefined;
  const id = saved?.id ?? hex(chance, 16);
  let key: SessionKey = {
    id,
    name: from.name ?? `${localDay(new Date(now))}-${id.slice(0, 4)}`,
    createdAt: saved?.createdAt ?? now,
  };
  const log: Turn[] = [...(saved?.log ?? [])];
  let setup = saved?.setup ?? {};
  let written = saved !== undefined;

  return {
    get name() {
      return key.name;
    },
    log,
    get setup() {
      return setup;
    },
    set setup(next) {
      setup = next;
    },
    goingOn(request) {
      const [prompt] = request.messages.slice(-1);
      const { system } = setup;
      const first: readonly Message[] =
        system === undefined ? [] : [{ role: "system", parts: [{ type: "text", text: system }] }];
      return {
        ...request,
        messages: [...first, ...messagesOf(log), ...(prompt === undefined ? [] : [prompt])],
      };
    },
    async begin(prompt) {
      const at = wallMs();
      const turn = await sessions?.addPrompt(key, { at, prompt, setup });
      written ||= turn !== undefined;
      log.push({ id: turn, at, prompt });
    },
    async end(answer, outcome) {
      const begun = log.pop();
      if (begun === undefined) return;
      const result = resultOf(outcome);
      log.push({ ...begun, answer, result });
      if (begun.id !== undefined) await sessions?.addResult(begun.id, { answer, result });
    },
    async takeBack() {
      const turn = log.pop();
      if (turn?.id !== undefined) await sessions?.removeTurn(turn.id);
      return turn;
    },
    async rename(name) {
      checkSessionName(name);
      if (name === key.name) return;
      if ((await sessions?.find(name)) !== undefined) throw nameTaken(name);
      if (written && !(await sessions?.rename(key.name, name))) throw nameTaken(name);
      key = { ...key, name };
    },
  };
}

/** Throws a usage `Problem` unless a session can have this name. */
export function checkSessionName(name: string): void {
  const fault = name === "last" ? "that stands for the last session" : nameFault(name);
  if (fault === undefined) return;
  throw new Problem("usage", "session_name_invalid", `session ${JSON.stringify(name)}: ${fault}`);
}

/** There is a session of this name already. */
export function nameTaken(name: string): Problem {
  return new Problem(
    "usage",
    "session_name_taken",
    `there is a session "${name}" already`,
    "take another name",
  );
}

function hex(chance: Chance, digits: number): string {
  return Array.from({ length: digits }, () => Math.floor(chance() * 16).toString(16)).join("");
}
