import { describe, expect, it } from "vitest";
import { backend } from "./support/backends.ts";
import { PROGRAM } from "./support/program.ts";
import { ALT_ENTER, answered, CTRL_C, CTRL_D, ENTER, leave, repl } from "./support/repl.ts";
import { NO_SCREEN, openScreen } from "./support/screen.ts";
import { NO_TERMINAL } from "./support/terminal.ts";
import { failoverWorkspace } from "./support/workspace.ts";

const PNG = Buffer.from("89504e470d0a1a0a", "hex");
const SLOW = { answer: "some words that take their time", chunkDelayMs: 40 };
const MARKDOWN = "# Title\n\nSome **bold** text and `code`.\n\n- item\n\n```js\nconst a = 1;\n```\n";

const user = (content: string) => ({ role: "user", content });

describe.skipIf(NO_TERMINAL !== undefined)("a conversation on a terminal", () => {
  it("T15 Ctrl-C in an answer cancels upstream within 100 ms", async () => {
    const a = await backend({ answer: "word ".repeat(200), chunkDelayMs: 20 });
    const one = await repl(await failoverWorkspace({ a }), "nexus chat -p a");
    // The fastest of three: what is measured is the program, not what else this machine does.
    const took: number[] = [];
    for (let time = 0; time < 3; time += 1) {
      one.type("hi", ENTER);
      await one.see("word");
      const began = performance.now();
      one.type(CTRL_C);
      await a.aborted();
      took.push(performance.now() - began);
      await one.see("interrupted");
      await one.see("> ");
    }
    expect(Math.min(...took)).toBeLessThan(100);
    expect(await leave(one)).toBe(0);
  });

  it("keeps what is typed during an answer for the next line, and shows none of it in the answer", async () => {
    const a = await backend(SLOW);
    const one = await repl(await failoverWorkspace({ a }), "nexus chat -p a");
    one.type("hi", ENTER);
    await one.see("some");
    const from = one.stdout().length;
    one.type("typed ahead");
    await one.see("first token");
    expect(one.stdout().slice(from)).not.toContain("typed");
    await one.see("> ");
    await one.see("typed ahead");
    one.type(ENTER);
    await answered(one);
    expect(a.chats.at(-1)?.body).toMatchObject({
      messages: [user("hi"), { role: "assistant" }, user("typed ahead")],
    });
    expect(await leave(one)).toBe(0);
  });

  it("loses none of several lines that come at once, nor the key that leaves", async () => {
    const a = await backend({ answer: "Hi." });
    const one = await repl(await failoverWorkspace({ a }), "nexus chat -p a");
    one.type("one", ENTER, "two", ENTER, "three", ALT_ENTER, "four", ENTER, CTRL_D);
    expect((await one.ended).code).toBe(0);
    expect(a.chats.map(({ body }) => body)).toMatchObject([
      { messages: { length: 1 } },
      { messages: { length: 3, 2: user("two") } },
      { messages: { length: 5, 4: user("three\nfour") } },
    ]);
  });

  it("a paste during an answer stays one prompt", async () => {
    const a = await backend(SLOW);
    const one = await repl(await failoverWorkspace({ a }), "nexus chat -p a");
    one.type("hi", ENTER);
    await one.see("some");
    one.type("\u001b[200~one\rtwo\u001b[201~", ENTER, CTRL_D);
    expect((await one.ended).code).toBe(0);
    expect(a.chats.at(-1)?.body).toMatchObject({ messages: { length: 3, 2: user("one\ntwo") } });
  });

  it("sends an image with the next prompt, and with none after that but as what was said", async () => {
    const a = await backend({ answer: "A dot." });
    const space = await failoverWorkspace({ a });
    await space.write("dot.png", PNG);
    const one = await repl(space, "nexus chat -p a");
    one.type("/image missing.png", ENTER);
    await one.see("missing.png");
    await one.see("> ");
    one.type("/image dot.png", ENTER);
    await one.see("goes with the next prompt");
    one.type("what is it?", ENTER);
    await answered(one);
    one.type("sure?", ENTER);
    await answered(one);
    const url = expect.stringMatching(/^data:image\/png;base64,/);
    expect(a.chats.at(-1)?.body).toMatchObject({
      messages: [
        { content: [{ text: "what is it?" }, { type: "image_url", image_url: { url } }] },
        { role: "assistant" },
        user("sure?"),
      ],
    });
    await leave(one);
  });

  it("lets the last prompt be written anew in $EDITOR, which has the terminal to itself", async () => {
    const a = await backend({ answer: "Hi." });
    const space = await failoverWorkspace({ a });
    const editor = await space.write(
      "editor.sh",
      'echo ready; echo "typed: $(head -1)"; echo better >"$1"\n',
    );
    const one = await repl(space, "nexus chat -p a", { EDITOR: `sh ${editor}` });
    one.type("/edit", ENTER);
    await one.see("nothing was said yet");
    one.type("worse", ENTER);
    await answered(one);
    one.type("/edit", ENTER);
    await one.see("ready");
    one.type("to the editor", ENTER);
    await one.see("typed: to the editor");
    await answered(one);
    expect(a.chats.at(-1)?.body).toMatchObject({ messages: [user("better")] });
    expect(await leave(one)).toBe(0);
  });

  it("goes on with a saved conversation in the middle of another", async () => {
    const a = await backend({ answer: "Hi." });
    const space = await failoverWorkspace({ a });
    await space.nexus(["chat", "-p", "a", "--session", "trip", "where to?"]);
    const one = await repl(space, "nexus chat -p a");
    one.type("something else", ENTER);
    await answered(one);
    one.type("/load nowhere", ENTER);
    await one.see('there is no session "nowhere"');
    one.type("/load trip", ENTER);
    await one.see("going on with trip");
    one.type("and then?", ENTER);
    await answered(one);
    expect(a.chats.at(-1)?.body).toMatchObject({
      messages: [user("where to?"), { role: "assistant" }, user("and then?")],
    });
    await leave(one);
  });
});

describe.skipIf(NO_SCREEN !== undefined)("a conversation that is laid aside", () => {
  it("goes on after Ctrl-Z and fg, with what stood on the line", async () => {
    const a = await backend({ answer: "Hi there." });
    const screen = await openScreen(await failoverWorkspace({ a }), "exec bash --norc -i", {
      env: { PS1: "$ " },
    });
    await screen.until(/^\$$/m);
    screen.type(`'${process.execPath}' '${PROGRAM}' chat -p a`);
    screen.press("Enter");
    await screen.until(/^>$/m);
    screen.type("half a line");
    screen.press("C-z");
    await screen.until(/Stopped[\s\S]*^\$$/m);
    screen.type("fg");
    screen.press("Enter");
    await screen.until(/fg\n[\s\S]*^> half a line$/m);
    screen.type(" and the rest");
    screen.press("Enter");
    await screen.until(/Hi there\.[\s\S]*^>$/m);
    expect(a.chats.at(-1)?.body).toMatchObject({ messages: [user("half a line and the rest")] });
  });
});

describe.skipIf(NO_SCREEN !== undefined)("Markdown at the prompt", () => {
  const RENDERED = /Title\n\nSome bold text and code\.\n\n• item\n\n```js\nconst a = 1;\n```\n/;
  const AS_IT_CAME = /# Title\n\nSome \*\*bold\*\* text and `code`\.\n\n- item\n/;

  it.each([
    ["is rendered as it comes", "nexus chat -p a", RENDERED],
    ["stays as it is with --no-markdown", "nexus chat -p a --no-markdown", AS_IT_CAME],
    ["stays as it is without colour", "NO_COLOR=1 nexus chat -p a", AS_IT_CAME],
    [
      "stays as it is where the configuration says so",
      "NEXUS_CHAT_MARKDOWN=false nexus chat -p a",
      AS_IT_CAME,
    ],
    ["stays as it is in a one-off run", "nexus chat -p a hi", AS_IT_CAME],
  ])("%s", async (_name, line, seen) => {
    const space = await failoverWorkspace({ a: await backend({ answer: MARKDOWN }) });
    const screen = await openScreen(space, line.replace(/(\S+=\S+) nexus/, "export $1; nexus"));
    if (!line.endsWith(" hi")) {
      await screen.until(/^>$/m);
      screen.type("hi");
      screen.press("Enter");
    }
    await screen.until(seen);
  });

  it("T7 puts no control sequence on the terminal but its own styles", async () => {
    const a = await backend({ answer: "**a\u001b[31m\u001b]0;x\u0007** `b\u001b[2J`" });
    const one = await repl(await failoverWorkspace({ a }), "nexus chat -p a", { NO_COLOR: "" });
    one.type("hi", ENTER);
    await one.see("\u001b[1ma\u001b[22m \u001b[36mb\u001b[39m");
    await answered(one);
    await leave(one);
  });
});
