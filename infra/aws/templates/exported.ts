import type { Saga } from '../../../engine/saga/saga.ts';

/** An output of the broker's stack that the stack of the functions imports: infra/aws/imports.ts. */
export const exported = ({ name }: Saga, id: string) => ({
  Value: { Ref: id },
  Export: { Name: { 'Fn::Sub': `${name}-\${Stage}-${id}` } },
});
