/** A few commands, and how the first backend fails under them. */
export interface Scene {
  readonly title: string;
  readonly commands: readonly (readonly string[])[];
  /** The step the first backend has to have taken, or that it must not be asked; undefined: nobody is asked anything. */
  readonly first?: { readonly failsWith: string } | "is not asked";
}

const ASK = ["chat", "--no-stdin", "--profile", "failover-lb", "Say hello"];

const FAILURES: readonly {
  readonly title: string;
  readonly step: string;
  readonly before?: readonly string[];
}[] = [
  { title: "2. cloud is overloaded (503): box answers in its place", step: "503" },
  {
    title: "3. cloud says nothing at all: after half a second, the same",
    step: "timeout",
    before: ["profile", "set", "failover-lb", "timeout_ms=500"],
  },
  { title: "4. cloud has had enough of us for the next minute (429): the same", step: "429:retry-after=60" },
];

/** What the first backend does, request by request. */
export const FAULTS_IN_ORDER: readonly string[] = FAILURES.map(({ step }) => step);

/** The scenes in order, for backends at these addresses. */
export function scenesFor(cloud: string, box: string): readonly Scene[] {
  return [
    {
      title: "1. Two backends, a model on each, and a load balancer over both",
      commands: [
        ["backend", "add", cloud, "--name", "cloud"],
        ["backend", "add", box, "--name", "box"],
        ["profile", "save", "model", "fast", "--backend", "cloud", "--model", "gpt-4o-mini"],
        ["profile", "save", "model", "local", "--backend", "box", "--model", "llama3.2"],
        ["profile", "save", "loadbalancer", "failover-lb", "failover", "fast", "local"],
      ],
    },
    ...FAILURES.map(({ title, step, before }) => ({
      title,
      commands: before ? [before, ASK] : [ASK],
      first: { failsWith: step.replace(/:.*/, "") },
    })),
    {
      title: "5. Asked again within that minute: every nexus of yours remembers, and leaves cloud alone",
      commands: [ASK],
      first: "is not asked",
    },
  ];
}
