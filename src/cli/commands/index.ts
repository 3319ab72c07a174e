import type { Register } from "../program.ts";
import { register as backend } from "./backend.ts";
import { register as chat } from "./chat.ts";
import { register as completion } from "./completion.ts";
import { register as config } from "./config.ts";
import { register as demo } from "./demo.ts";
import { register as doctor } from "./doctor.ts";
import { register as explain } from "./explain.ts";
import { register as help } from "./help.ts";
import { register as init } from "./init.ts";
import { register as key } from "./key.ts";
import { register as mock } from "./mock.ts";
import { register as models } from "./models.ts";
import { register as profile } from "./profile.ts";
import { register as serve } from "./serve.ts";
import { register as sessions } from "./sessions.ts";
import { register as stats } from "./stats.ts";
import { register as status } from "./status.ts";
import { register as why } from "./why.ts";

/** Every command, in the order of the help. */
export const COMMANDS: readonly Register[] = [
  chat,
  serve,
  profile,
  backend,
  key,
  models,
  explain,
  status,
  why,
  sessions,
  stats,
  doctor,
  init,
  config,
  mock,
  demo,
  completion,
  help,
];
