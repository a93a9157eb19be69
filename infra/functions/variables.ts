import { tableVariableOf } from '../../engine/environment/environment.ts';
import { constantCase } from '../../engine/saga/names.ts';
import type { Saga } from '../../engine/saga/saga.ts';

export const tableNameOf = ({ name }: Saga, service: string, stage: string): string =>
  `${name}-${stage}-${service}`;

/** Every secret of the outside world that some participant needs. */
export const secretsOf = (saga: Saga): readonly string[] => [
  ...new Set(saga.services.flatMap((service) => saga.partOf(service).secrets ?? [])),
];

/** `stripe` begins the names of its variables with `STRIPE_`. */
export const prefixOf = (secret: string): string => `${constantCase(secret)}_`;

/** Where a function reads which secret it may fetch. */
export const secretVariableOf = (secret: string): string => `${prefixOf(secret)}SECRET`;

/**
 * The variables that the functions of a saga read because of its declaration. A laptop has no secrets: there the key
 * itself comes from the shell.
 */
export const sagaVariables = (saga: Saga, stage: string): Readonly<Record<string, string>> => ({
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
