import { constantCase } from '../saga/names.ts';

/** @throws Error that names the variable, if it is missing or empty */
export function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`the environment variable ${name} is not set`);
  return value;
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
