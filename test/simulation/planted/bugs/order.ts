import type * as z from 'zod';
import type { Line } from '../../../../functions/events.ts';
import type { Placed } from '../../../../functions/order/decide.ts';
import { bugsIn } from '../planter/bug.ts';

interface Success {
  readonly keeps: { readonly totalMinor: number };
  readonly outcome: object;
}
type Succeed = (placed: Placed, heard: object) => Success;
type LineSchema = typeof Line;
type Zod = typeof z;

/** What an order is begun with, and what it comes to. */
export const orderBugs = [
  ...bugsIn('functions/order/decide.ts', [
    {
      name: 'confirmed for the wrong amount',
      in: 'story.succeed',
      plant:
        (original: Succeed): Succeed =>
        (placed, heard) => {
          const { keeps, outcome } = original(placed, heard);
          return { keeps: { ...keeps, totalMinor: keeps.totalMinor + 1 }, outcome };
        },
    },
    {
      name: 'half of an order confirmed',
      in: 'story.succeed',
      plant:
        (original: Succeed): Succeed =>
        (placed, heard) => {
          const { keeps, outcome } = original(placed, heard);
          return { keeps: { ...keeps, items: placed.items.slice(0, 1) }, outcome };
        },
    },
  ]),
  ...bugsIn('functions/order/place.ts', [
    {
      name: 'the price comes from the client',
      in: 'NewOrder',
      at: { argument: 0, of: 'z.array' },
      plant: (_: LineSchema, { z, Line }: { readonly z: Zod; readonly Line: LineSchema }) =>
        z.object({ ...Line.shape, unitPriceMinor: z.int().optional() }),
    },
  ]),
];
