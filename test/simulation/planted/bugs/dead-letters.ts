import type { troubleItem } from '../../../../engine/batch/trouble.ts';
import type { DeadLetter } from '../../../../engine/dead-letters/dead-letter-queues.ts';
import type { Prospect, redrive } from '../../../../engine/dead-letters/redrive.ts';
import { bugsIn } from '../planter/bug.ts';

type Redrive = typeof redrive;

/** What an operator does with dead letters. */
export const deadLettersBugs = [
  ...bugsIn('engine/dead-letters/redrive.ts', [
    {
      name: 'redrive removes and does not publish',
      in: 'redrive',
      plant:
        (original: Redrive): Redrive =>
        (participant, deadLetters, edges) =>
          original(participant, deadLetters, { ...edges, publisher: { publish: async () => {} } }),
    },
    {
      name: 'redrive removes before it publishes',
      in: 'redrive',
      plant:
        (original: Redrive): Redrive =>
        (participant, deadLetters, edges) => {
          deadLetters.remove();
          return original(participant, deadLetters, edges);
        },
    },
    {
      name: 'redrive does not wait for the confirm',
      in: 'redrive',
      plant:
        (original: Redrive): Redrive =>
        (participant, deadLetters, edges) => {
          const publish: typeof edges.publisher.publish = async (message) => {
            edges.publisher.publish(message).catch(() => {});
          };
          return original(participant, deadLetters, { ...edges, publisher: { publish } });
        },
    },
    {
      name: 'redrive leaves the original',
      in: 'redrive',
      plant:
        (original: Redrive): Redrive =>
        (participant, deadLetters, edges) =>
          original(participant, { ...deadLetters, remove: () => {} }, edges),
    },
    {
      name: 'redriven as if its own service had sent it',
      in: 'redrive',
      plant:
        (original: Redrive): Redrive =>
        (participant, { delivery, remove }, edges) =>
          original(
            participant,
            { delivery: { ...delivery, origin: participant.service }, remove } as DeadLetter,
            edges,
          ),
    },
  ]),
  ...bugsIn('engine/dead-letters/troubles.ts', [
    {
      name: 'what is noted of a dead letter ended, whatever it says now',
      in: 'endOf',
      at: { member: 'relyingOn' },
      plant: () => ({}),
    },
  ]),
  ...bugsIn('engine/batch/trouble.ts', [
    {
      name: 'what is noted of no record kept for ever',
      in: 'troubleItem',
      plant:
        (original: typeof troubleItem): typeof troubleItem =>
        (key, trouble) => {
          const { auditExpires: _, ...item } = original(key, trouble);
          return item;
        },
    },
  ]),
  ...bugsIn('engine/dead-letters/dead-letters.ts', [
    {
      name: 'a dry run moves messages',
      in: 'redriving.moved',
      plant: (_: boolean, { prospect }: { readonly prospect: Prospect }) => prospect.would !== 'stay',
    },
    {
      name: 'what fails in a redrive is removed',
      in: 'redriving.reason',
      plant: (original: string, { each }: { readonly each: DeadLetter }) => {
        each.remove();
        return original;
      },
    },
  ]),
];
