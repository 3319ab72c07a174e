import type { ImagePart, Message, Part, ReasoningPart, TextPart, ToolResultPart } from "../../core/chat.ts";
import { filledText, isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import { type Complaints, member, textOf } from "../checks.ts";
import { argumentsText, createCalls, readResponse } from "./door-calls.ts";
import { fieldsOf, fieldsOfList } from "./door-fields.ts";
import { readFile, readInline } from "./door-media.ts";
import { readSignature } from "./signature.ts";

/** `function` is what a user's turn with results was called before. Without a role the user speaks. */
const ROLES: ReadonlyMap<string, "user" | "model"> = new Map([
  ["user", "user"],
  ["function", "user"],
  ["tool", "user"],
  ["model", "model"],
]);

/** What a part may hold beside its data. */
const BESIDE: ReadonlySet<string> = new Set([
  "thought",
  "thoughtSignature",
  "videoMetadata",
  "mediaResolution",
  "partMetadata",
]);

/** What is read of a conversation. */
export interface ReadContents {
  readonly messages: readonly Message[];
  /** Proofs of other providers are in it, so that it must not go to Google as it is. */
  readonly foreign: boolean;
}

/** The conversation and what is said before it. What only Google understands (files, code that ran, …) is noted as a gap. */
export function readContents(
  { systemInstruction, contents }: JsonObject,
  complaints: Complaints,
  gap: (path: string) => void,
): ReadContents {
  const calls = createCalls();
  let foreign = false;

  if (contents === undefined || (Array.isArray(contents) && contents.length === 0))
    complaints.add("contents", "is missing or empty");
  const turns = contents === undefined ? [] : fieldsOfList(contents, "contents", complaints);
  const messages = turns.flatMap(({ object, path }) => {
    const stated = member(object, "role") ?? "user";
    const role = typeof stated === "string" ? ROLES.get(stated || "user") : undefined;
    if (role === undefined) complaints.add(`${path}.role`, "has to be user or model");
    return role === "model" ? [modelTurn(object, path)] : userTurn(object, path);
  });
  return { messages: [...readSystem(), ...messages], foreign };

  function readSystem(): readonly Message[] {
    if (systemInstruction === undefined) return [];
    const path = "systemInstruction";
    if (typeof systemInstruction === "string") return systemOf([{ type: "text", text: systemInstruction }]);
    if (!isJsonObject(systemInstruction)) {
      complaints.add(path, "has to be an object with parts");
      return [];
    }
    return systemOf(
      partsOf(fieldsOf(systemInstruction), path).flatMap(({ object, path: where }) => {
        if (member(object, "text") !== undefined) return [readText(object, where)];
        for (const name of dataOf(object)) gap(`${where}.${name}`);
        return [];
      }),
    );
  }

  function systemOf(parts: readonly TextPart[]): readonly Message[] {
    return parts.length === 0 ? [] : [{ role: "system", parts }];
  }

  function partsOf(turn: JsonObject, path: string): { object: JsonObject; path: string }[] {
    const parts = member(turn, "parts");
    if (parts !== undefined) return fieldsOfList(parts, `${path}.parts`, complaints);
    complaints.add(`${path}.parts`, "is missing");
    return [];
  }

  /** Results are turns of their own, and stand before what the user says beside them. */
  function userTurn(turn: JsonObject, path: string): readonly Message[] {
    const results: ToolResultPart[] = [];
    const said: Part[] = [];
    for (const { object, path: where } of partsOf(turn, path)) {
      if (member(object, "functionResponse") !== undefined) {
        results.push(...readResult(object, `${where}.functionResponse`));
      } else said.push(...readSaid(object, where));
    }
    const spoken: readonly Message[] =
      said.length > 0 || results.length === 0 ? [{ role: "user", parts: said }] : [];
    return results.length === 0 ? spoken : [{ role: "tool", parts: results }, ...spoken];
  }

  function modelTurn(turn: JsonObject, path: string): Message {
    calls.begin();
    const parts: Part[] = [];
    /** Thoughts that nothing has signed yet. */
    let thoughts = "";
    const think = (proven?: ReasoningPart) => {
      if (proven !== undefined || thoughts !== "")
        parts.push(proven ?? { type: "reasoning", text: thoughts });
      thoughts = "";
    };
    for (const { object, path: where } of partsOf(turn, path)) {
      const stated = member(object, "thoughtSignature");
      const signature = typeof stated === "string" ? readSignature(stated) : undefined;
      const call = member(object, "functionCall");
      if (member(object, "thought") === true) thoughts += filledText(member(object, "text")) ?? "";
      if (signature !== undefined && "foreign" in signature) {
        foreign = true;
        think(signature.foreign);
      } else if (signature !== undefined && call === undefined) {
        think({ type: "reasoning", text: thoughts, proof: signature.own });
      }
      if (member(object, "thought") === true) continue;
      think();
      if (call === undefined) parts.push(...readSaid(object, where).filter(isSomething));
      else if (isJsonObject(call)) {
        const proof = signature !== undefined && "own" in signature ? { proof: signature.own } : {};
        parts.push({ ...readCall(fieldsOf(call), `${where}.functionCall`), ...proof });
      } else complaints.add(`${where}.functionCall`, "has to be an object");
    }
    think();
    return { role: "assistant", parts };
  }

  function readSaid(part: JsonObject, path: string): readonly (TextPart | ImagePart)[] {
    const data = dataOf(part);
    return data.flatMap((name): readonly (TextPart | ImagePart)[] => {
      const where = `${path}.${name}`;
      if (name === "text") return [readText(part, path)];
      if (name === "inlineData") return readInline(part, where, complaints, gap);
      if (name === "fileData") return readFile(part, where, complaints, gap);
      gap(where);
      return [];
    });
  }

  function readText(part: JsonObject, path: string): TextPart {
    return { type: "text", text: textOf(part, "text", path, complaints) };
  }

  function readCall(call: JsonObject, path: string) {
    const name = textOf(call, "name", path, complaints);
    const args: Json | undefined = member(call, "args");
    if (args !== undefined && !isJsonObject(args)) complaints.add(`${path}.args`, "has to be an object");
    const id = calls.idOfCall(name, filledText(member(call, "id")));
    return { type: "tool-call" as const, id, name, arguments: argumentsText(args) };
  }

  function readResult(part: JsonObject, path: string): readonly ToolResultPart[] {
    const stated = member(part, "functionResponse");
    if (!isJsonObject(stated)) {
      complaints.add(path, "has to be an object");
      return [];
    }
    const result = fieldsOf(stated);
    const name = textOf(result, "name", path, complaints);
    const response = member(result, "response") ?? {};
    if (!isJsonObject(response)) complaints.add(`${path}.response`, "has to be an object");
    const { text, failed } = readResponse(isJsonObject(response) ? response : {});
    const beside = member(result, "parts");
    const images = beside === undefined ? [] : fieldsOfList(beside, `${path}.parts`, complaints);
    return [
      {
        type: "tool-result",
        id: calls.idOfResult(name, filledText(member(result, "id"))),
        content: [
          ...(text === "" ? [] : [{ type: "text" as const, text }]),
          ...images.flatMap(({ object, path: where }) => readSaid(object, where)),
        ],
        ...(failed && { failed }),
      },
    ];
  }
}

/** The data of a part; more than one is nothing Google takes. */
function dataOf(part: JsonObject): readonly string[] {
  return Object.keys(part).filter((name) => !BESIDE.has(name));
}

/** A signature may stand on a text that is empty. */
function isSomething(part: TextPart | ImagePart): boolean {
  return part.type !== "text" || part.text !== "";
}
