import { constantCase } from '../saga/names.ts';

/** @throws Error that names the variable, if it is missing or empty */
export function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`the environment variable ${name} is not set`);
  return value;
}

/**
 * Checks what a function cannot do without as Lambda starts it: what is missing then fails before the first call. Tests
 * and tools load the same modules without an environment.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
export function atStart(check: () => unknown): void {
  if (process.env.AWS_LAMBDA_FUNCTION_NAME !== undefined) check();
}

/** The variable that names a service's table. */
export const tableVariableOf = (service: string): string => `${constantCase(service)}_TABLE`;

/**
 * A secret that a participant declares: in AWS its id in Secrets Manager, on a laptop the key itself.
 * @throws Error that names the variable, if there is neither
 */
export function declaredSecret(name: string): { readonly id: string } | { readonly key: string } {
  const variable = `${constantCase(name)}_SECRET`;
  const id = process.env[variable];
  return id ? { id } : { key: required(`${variable}_KEY`) };
}
