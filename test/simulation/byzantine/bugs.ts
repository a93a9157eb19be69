import { bugsIn } from '../planted/planter/bug.ts';

type HearOfUnknown = (fact: { readonly type: string }) => object;

/** What keeps the promises when a service is taken over. */
export const byzantineBugs = [
  ...bugsIn('engine/saga/initiator.ts', [
    {
      name: 'what somebody did for a saga that never was is kept',
      in: 'Initiator.#hearOfUnknown',
      plant:
        (_: HearOfUnknown): HearOfUnknown =>
        ({ type }) => ({ kind: 'ignore', reason: `${type} of nothing` }),
    },
  ]),
  ...bugsIn('functions/order/decide.ts', [
    {
      name: 'what was captured taken for what it costs by another sum',
      in: 'story.succeed',
      plant:
        (original: (...all: readonly unknown[]) => { readonly keeps: { readonly totalMinor: number } }) =>
        (...all: readonly unknown[]) => {
          const said = original(...all);
          return { ...said, keeps: { ...said.keeps, totalMinor: said.keeps.totalMinor + 1 } };
        },
    },
  ]),
  ...bugsIn('functions/inventory/decide.ts', [
    {
      name: 'a reservation given to whomever a failure names',
      in: 'release',
      at: { member: 'customerId' },
      plant: (_: string, { customerId }: { readonly customerId: string }) => customerId,
    },
  ]),
];
