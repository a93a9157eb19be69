import type { Json } from '../templates/template.ts';

/** Each broker user's secret as one variable: `order=arn:…,payment=arn:…`. CloudFormation fills in the ARNs. */
export const secretNames = (secrets: readonly (readonly [user: string, secret: Json])[]): Json => ({
  'Fn::Join': [',', secrets.map(([user, secret]) => ({ 'Fn::Join': ['=', [user, secret]] }))],
});

/** @throws Error if the variable does not name this user's secret */
export function secretNamed(variable: string, user: string): string {
  const found = variable.split(',').find((each) => each.startsWith(`${user}=`));
  if (found === undefined)
    throw new Error(`the environment variable BROKER_SECRETS has no secret of ${user}`);
  return found.slice(user.length + 1);
}
