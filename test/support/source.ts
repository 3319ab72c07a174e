import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseAst } from "vitest/node";
import { isObject } from "../../src/core/json.ts";

/** One import of a file, whatever its form. */
export interface Import {
  readonly specifier: string;
  readonly line: number;
  readonly kind: "static" | "type" | "dynamic" | "re-export";
}

/** Something a file exports by name. */
export interface Export {
  readonly name: string;
  readonly line: number;
  readonly documented: boolean;
}

/** A word that stands in the code (not in a comment) and where. */
export interface Word {
  readonly text: string;
  readonly line: number;
}

/** What the floor plan needs to know about one source file. */
export interface Source {
  /** Relative to the project's root, with forward slashes: `src/core/json.ts`. */
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  readonly exports: readonly Export[];
  /** Free names (`process`, `fetch`) and dotted members of them (`Date.now`). `new Date()` stands as `new Date`. */
  readonly names: readonly Word[];
  /** Texts and property names. */
  readonly words: readonly Word[];
  /** Lines with a cast other than `as const`, or a comment that turns the compiler off. */
  readonly casts: readonly number[];
}

/** Every source file below `src/`. */
export function readSources(root: string): readonly Source[] {
  return readdirSync(path.join(root, "src"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))
    .map((name) => `src/${name.split(path.sep).join("/")}`)
    .sort()
    .map((name) => parseSource(name, readFileSync(path.join(root, name), "utf8")));
}

/** Reads one file's text into the facts above. */
export function parseSource(name: string, text: string): Source {
  const starts = lineStarts(text);
  const found: Found = { imports: [], exports: [], names: [], words: [], casts: [] };
  const line = (node: Node): number => lineOf(starts, node.start);
  const program = asNode(parseAst(text, { lang: "ts" }));
  if (program === undefined) throw new Error(`${name}: no syntax tree`);
  for (const child of children(program)) noteExports(child.node, text, line, found);
  walk(program, undefined, "", (node, parent, key) => {
    noteImport(node, line, found);
    noteWords(node, parent, key, line, found);
    if (node.type === "TSAsExpression" && !isConstCast(node)) found.casts.push(line(node));
    if (node.type === "TSTypeAssertion" || node.type === "TSNonNullExpression") found.casts.push(line(node));
  });
  for (const match of text.matchAll(/\/[/*].*@ts-(?:ignore|expect-error|nocheck)/g)) {
    found.casts.push(lineOf(starts, match.index));
  }
  return { path: name, lines: text.trimEnd().split("\n").length, ...found };
}

interface Found {
  readonly imports: Import[];
  readonly exports: Export[];
  readonly names: Word[];
  readonly words: Word[];
  readonly casts: number[];
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

function asNode(value: unknown): Node | undefined {
  if (!isObject(value) || typeof value["type"] !== "string" || typeof value["start"] !== "number")
    return undefined;
  return { type: value["type"], start: value["start"], fields: value };
}

function children(node: Node): { key: string; node: Node }[] {
  return Object.entries(node.fields).flatMap(([key, value]) =>
    (Array.isArray(value) ? value : [value]).flatMap((item) => {
      const child = asNode(item);
      return child === undefined ? [] : [{ key, node: child }];
    }),
  );
}

function walk(
  node: Node,
  parent: Node | undefined,
  key: string,
  visit: (node: Node, parent: Node | undefined, key: string) => void,
): void {
  visit(node, parent, key);
  for (const child of children(node)) walk(child.node, node, child.key, visit);
}

function noteImport(node: Node, line: (node: Node) => number, found: Found): void {
  const source = asNode(node.fields["source"]);
  const specifier = source === undefined ? undefined : textOf(source);
  if (specifier === undefined) return;
  const kind = importKind(node);
  if (kind !== undefined) found.imports.push({ specifier, kind, line: line(node) });
}

function importKind(node: Node): Import["kind"] | undefined {
  switch (node.type) {
    case "ImportDeclaration":
      return node.fields["importKind"] === "type" ? "type" : "static";
    case "ImportExpression":
      return "dynamic";
    case "TSImportType":
      return "type";
    case "ExportNamedDeclaration":
    case "ExportAllDeclaration":
      return "re-export";
    default:
      return undefined;
  }
}

function noteExports(node: Node, text: string, line: (node: Node) => number, found: Found): void {
  if (node.type !== "ExportNamedDeclaration" && node.type !== "ExportDefaultDeclaration") return;
  const declaration = asNode(node.fields["declaration"]);
  if (declaration === undefined) return;
  const documented = /\*\/\s*$/.test(text.slice(0, node.start));
  for (const name of declaredNames(declaration)) found.exports.push({ name, line: line(node), documented });
}

function declaredNames(declaration: Node): string[] {
  const id = asNode(declaration.fields["id"]);
  if (id !== undefined) return [nameOf(id) ?? "(pattern)"];
  const names = children(declaration)
    .filter(({ key }) => key === "declarations")
    .flatMap(({ node }) => declaredNames(node));
  return names.length === 0 ? ["default"] : names;
}

function noteWords(
  node: Node,
  parent: Node | undefined,
  key: string,
  line: (node: Node) => number,
  found: Found,
): void {
  if (node.type === "MemberExpression" && node.fields["computed"] !== true) {
    const object = asNode(node.fields["object"]);
    const property = asNode(node.fields["property"]);
    const left = object === undefined ? undefined : nameOf(object);
    const right = property === undefined ? undefined : nameOf(property);
    if (left !== undefined && right !== undefined) {
      found.names.push({ text: `${left}.${right}`, line: line(node) });
    }
  }
  if (node.type === "NewExpression" && Array.isArray(node.fields["arguments"])) {
    const callee = asNode(node.fields["callee"]);
    const name = callee === undefined ? undefined : nameOf(callee);
    if (name === "Date" && node.fields["arguments"].length === 0) {
      found.names.push({ text: "new Date", line: line(node) });
    }
  }
  const text = textOf(node);
  if (text !== undefined && key !== "source") found.words.push({ text, line: line(node) });
  const name = nameOf(node);
  if (name === undefined || parent === undefined) return;
  (isPropertyName(parent, key) ? found.words : found.names).push({ text: name, line: line(node) });
}

function isPropertyName(parent: Node, key: string): boolean {
  if (parent.fields["computed"] === true) return false;
  return (
    (parent.type === "MemberExpression" && key === "property") ||
    (key === "key" && parent.fields["shorthand"] !== true) ||
    key === "imported" ||
    key === "exported" ||
    (parent.type === "TSQualifiedName" && key === "right")
  );
}

function isConstCast(node: Node): boolean {
  const target = asNode(node.fields["typeAnnotation"]);
  const name = target === undefined ? undefined : asNode(target.fields["typeName"]);
  return name !== undefined && nameOf(name) === "const";
}

function nameOf(node: Node): string | undefined {
  return node.type === "Identifier" && typeof node.fields["name"] === "string"
    ? node.fields["name"]
    : undefined;
}

function textOf(node: Node): string | undefined {
  if (node.type === "Literal" && typeof node.fields["value"] === "string") return node.fields["value"];
  const value = node.fields["value"];
  if (node.type === "TemplateElement" && isObject(value) && typeof value["cooked"] === "string") {
    return value["cooked"];
  }
  return undefined;
}

function lineStarts(text: string): readonly number[] {
  return [0, ...[...text.matchAll(/\n/g)].map((match) => match.index + 1)];
}

function lineOf(starts: readonly number[], offset: number): number {
  return starts.findLastIndex((start) => start <= offset) + 1;
}
