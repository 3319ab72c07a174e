import * as z from "zod/mini";

const tier = (meaning: string) => z.int().check(z.gte(0), z.lte(5), z.describe(meaning));

/** The body of a 503 that says nobody could answer: what a client can act on. */
const ACTIONABLE_ERROR = z.strictObject({
  error: z.strictObject({
    message: z.string().check(z.minLength(1), z.describe("what happened to each member of the chain")),
    type: z.literal("service_unavailable"),
    param: z.null(),
    code: z.enum([
      "capacity_exceeded",
      "no_capable_backend",
      "privacy_constraint_violation",
      "fallback_chain_exhausted",
    ]),
    context: z.strictObject({
      required_tier: z
        .nullable(tier("0 when the request needed none"))
        .check(z.describe("the tier that the request needed; null where nobody got so far as to look")),
      available_backends: z
        .array(
          z.strictObject({
            name: z.string(),
            status: z.enum(["healthy", "unhealthy", "at_capacity"]),
            zone: z.enum(["restricted", "open"]),
            tier: tier("higher is more capable"),
          }),
        )
        .check(z.describe("every backend that has the model and can do what was asked, well or not")),
      eta_seconds: z
        .nullable(z.int().check(z.gte(1)))
        .check(z.describe("seconds until something may work again; null where that cannot be computed")),
    }),
  }),
});

/** What such a body says beside its message. */
export type ActionableContext = z.infer<typeof ACTIONABLE_ERROR>["error"]["context"];

/** Its JSON Schema, published as `docs/schemas/actionable-error.json`. */
export function actionableErrorSchema(): object {
  return { title: "nexus: nobody could answer", ...z.toJSONSchema(ACTIONABLE_ERROR) };
}
