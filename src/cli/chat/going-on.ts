import { Problem } from "../../core/problem.ts";
import { openSessions, type Sessions } from "../../sessions/open.ts";
import type { CommandContext } from "../app.ts";
import type { ChatFlags } from "../commands/chat.ts";
import { note, warn } from "../output/print.ts";
import { pathsOf } from "../profile/open.ts";
import { type Conversation, checkSessionName, conversation } from "../sessions/conversation.ts";
import { sessionsEnabled } from "../sessions/open.ts";

/** A conversation that a command goes on with. */
export interface GoingOn {
  readonly conversation: Conversation;
  /** Undefined while none is kept. */
  readonly sessions: Sessions | undefined;
  close(): Promise<void>;
}

/**
 * The conversation that `-c` or `--session` names, begun where there is none, or a new one. Throws a usage `Problem` when
 * one is named and none is kept.
 */
export async function openConversation(context: CommandContext, flags: ChatFlags): Promise<GoingOn> {
  const { continue: last, session: name, system } = flags;
  if (last && name !== undefined) {
    throw new Problem("usage", "usage", "--continue and --session exclude each other", "give one of them");
  }
  if (name !== undefined) checkSessionName(name);
  const kept = await sessionsEnabled(context);
  if (!kept && (last || name !== undefined)) {
    throw new Problem(
      "usage",
      "sessions_off",
      "no conversation is kept: sessions.enabled is false",
      "`nexus config set sessions.enabled true` keeps them from then on",
    );
  }
  const sessions = kept ? openSessions(pathsOf(context).stateDir, (text) => warn(context, text)) : undefined;
  try {
    const wanted = last || name !== undefined;
    const saved = wanted ? await sessions?.find(name) : undefined;
    const deps = { sessions, chance: context.app.chance, wallMs: Date.now };
    const found = conversation(deps, saved ?? (name === undefined ? {} : { name }));
    if (last && saved === undefined)
      note(context, `there is no session to continue: this one is ${found.name}`);
    found.setup = { ...found.setup, ...stated(flags), ...(system === undefined ? {} : { system }) };
    return { conversation: found, sessions, close: async () => sessions?.close() };
  } catch (error) {
    await sessions?.close();
    throw error;
  }
}

function stated({ profile, model }: ChatFlags): Pick<Conversation["setup"], "target"> {
  if (profile !== undefined) return { target: { kind: "profile", name: profile } };
  return model === undefined ? {} : { target: { kind: "model", name: model } };
}
