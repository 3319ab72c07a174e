import { onTestFinished } from "vitest";
import { type Mock, type MockOptions, startMock } from "../../../src/mock/mock.ts";
import type { Finished } from "./workspace.ts";

/** A scripted backend that ends with its test. */
export async function backend(options: MockOptions = {}, finished: Finished = onTestFinished): Promise<Mock> {
  const mock = await startMock(options);
  finished(() => mock.close());
  return mock;
}

/** An address where nothing listens. */
export async function deadAddress(): Promise<string> {
  const mock = await startMock();
  await mock.close();
  return mock.url;
}
