import type { causesOf, compensatorsOf } from '../../../../engine/saga/causality.ts';
import type { isInitiation } from '../../../../engine/saga/declaration.ts';
import { bugsIn } from '../planter/bug.ts';

type CompensatorsOf = typeof compensatorsOf;
type IsInitiation = typeof isInitiation;
type ActsAfter = (service: string, other: string, saga: Parameters<typeof causesOf>[1]) => boolean;

/** Who undoes what. */
export const causalityBugs = bugsIn('engine/saga/causality.ts', [
  {
    name: 'a cancellation waits for nobody',
    in: 'compensatorsOf',
    plant:
      (original: CompensatorsOf, { isInitiation }: { readonly isInitiation: IsInitiation }): CompensatorsOf =>
      (failed, saga) =>
        Object.entries(saga.participants).some(([service, part]) => service === failed && isInitiation(part))
          ? []
          : original(failed, saga),
  },
  {
    name: 'wrong order of compensations: nobody waits for the stock',
    in: 'compensatorsOf',
    plant:
      (original: CompensatorsOf): CompensatorsOf =>
      (failed, saga) =>
        original(failed, saga).slice(failed === 'order' ? 1 : 0),
  },
  {
    name: 'a decline waits for nobody',
    in: 'compensatorsOf',
    plant:
      (original: CompensatorsOf): CompensatorsOf =>
      (failed, saga) =>
        failed === 'payment' ? [] : original(failed, saga),
  },
  {
    name: 'a rejection waits for compensations that nobody makes',
    in: 'compensatorsOf',
    plant:
      (original: CompensatorsOf): CompensatorsOf =>
      (failed, saga) =>
        failed === 'inventory' ? ['inventory'] : original(failed, saga),
  },
  {
    name: 'whoever failed undoes its own failure too',
    in: 'compensatorsOf',
    plant:
      (original: CompensatorsOf): CompensatorsOf =>
      (failed, saga) => [...original(failed, saga), ...(failed === 'order' ? [] : [failed])],
  },
  {
    name: 'a failure is undone by nobody who acted before it',
    in: 'actsAfter',
    plant:
      (original: ActsAfter): ActsAfter =>
      (service, other, saga) =>
        !original(service, other, saga),
  },
]);
