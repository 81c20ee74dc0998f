import type { Severity } from "../../shared/errors/logged";

const OUTCOMES = ["delivered", "failed", "given_up"] as const;
const SEVERITIES: readonly Severity[] = ["info", "warning", "error", "critical"];

export type DeliveryOutcome = (typeof OUTCOMES)[number];

export interface TokensSearch {
  /** Whether the question for a new token is open. */
  create?: boolean | undefined;
}

export interface WebhookSearch {
  /** Only deliveries that ended so. */
  outcome?: DeliveryOutcome | undefined;
}

export interface ErrorsSearch {
  /** Only errors as bad as this, or worse. */
  severity?: Severity | undefined;
  /** Only errors in which this text occurs. */
  find?: string | undefined;
}

type Raw = Record<string, unknown>;

export function validateTokensSearch({ create }: Raw): TokensSearch {
  return create === true ? { create } : {};
}

export function validateWebhookSearch({ outcome }: Raw): WebhookSearch {
  const known = OUTCOMES.find((word) => word === outcome);
  return known === undefined ? {} : { outcome: known };
}

export function validateErrorsSearch({ severity, find }: Raw): ErrorsSearch {
  const known = SEVERITIES.find((word) => word === severity);
  return {
    ...(known === undefined ? {} : { severity: known }),
    ...((typeof find === "string" && find !== "") || typeof find === "number" ? { find: String(find) } : {}),
  };
}
