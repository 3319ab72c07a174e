// The least that a proxy in Node does: node:http before, undici's lowest layer behind, nothing between.
import { passThrough } from "./pass-through.mjs";

passThrough();
