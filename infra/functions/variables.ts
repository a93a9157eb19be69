import { tableVariableOf } from '../../engine/environment/environment.ts';
import { constantCase } from '../../engine/saga/names.ts';
import type { Saga } from '../../engine/saga/saga.ts';

export const tableNameOf = ({ name }: Saga, service: string, stage: string): string =>
  `${name}-${stage}-${service}`;

/** Where a stage's metrics are. */
export const namespaceOf = ({ name }: Saga, stage: string): string => `${name}-${stage}`;

/** The secrets for calls to the outside, of all participants. */
export const secretsOf = (saga: Saga): readonly string[] => [
  ...new Set(saga.services.flatMap((service) => saga.partOf(service).secrets ?? [])),
];

/** The prefix of a secret's variables: `STRIPE_` for `stripe`. */
export const prefixOf = (secret: string): string => `${constantCase(secret)}_`;

/** The variable that names the secret in AWS. */
export const secretVariableOf = (secret: string): string => `${prefixOf(secret)}SECRET`;

/**
 * The variables that follow from a saga's declaration. A laptop has no secrets: there the key itself comes from the
 * shell.
 */
export const sagaVariables = (saga: Saga, stage: string): Readonly<Record<string, string>> => ({
  METRICS_NAMESPACE: namespaceOf(saga, stage),
  ...Object.fromEntries(
    saga.services.map((service) => [tableVariableOf(service), tableNameOf(saga, service, stage)]),
  ),
  ...Object.fromEntries(
    secretsOf(saga).flatMap((secret) => [
      [secretVariableOf(secret), ''],
      [`${prefixOf(secret)}SECRET_KEY`, `\${env:${prefixOf(secret)}SECRET_KEY, ''}`],
    ]),
  ),
});
