import type { Assortment } from './assortment.ts';
import { buying } from './buying.ts';
import { feeding } from './feeding.ts';
import { type Figures, medianFigures, repeated, type Several } from './figures.ts';
import { closedLoop } from './loops.ts';
import { measure, type Surroundings } from './measure.ts';
import type { Stage } from './stage.ts';

/** One point of the growth table. */
export interface GrowthPoint extends Figures {
  /** How many sagas were in the tables when the measurement began. */
  readonly sagasBefore: number;
  readonly skus: number;
}

export interface Growth {
  /** With more and more sagas in the tables. */
  readonly bySagas: Several<GrowthPoint>;
  /** With few and many SKUs, at the end. One SKU means one line an order, otherwise there are two. */
  readonly bySkus: readonly GrowthPoint[];
}

export interface GrowthOptions extends Surroundings {
  readonly assortment: Assortment;
  readonly sizes: readonly number[];
  readonly sagas: number;
  readonly runs: number;
  readonly concurrency: number;
}

export const skuSteps = [1, 10, 1_000];

const fillBatch = 5_000;
const fillConcurrency = 1_000;

export async function measureGrowth(stage: Stage, options: GrowthOptions): Promise<Growth> {
  const sizes = options.sizes.toSorted((a, b) => a - b);
  const bySagas = await repeated(sizes.length, async (turn) => {
    await fill(stage, sizes[turn - 1] ?? 0, options);
    return await measurePoint(stage, options.assortment, options);
  });
  const bySkus: GrowthPoint[] = [];
  for (const skus of skuSteps) {
    bySkus.push(await measurePoint(stage, { ...options.assortment, skus }, options));
  }
  return { bySagas, bySkus };
}

/** With whole sagas that have run: rows, index entries, charges and all. */
async function fill(stage: Stage, size: number, options: GrowthOptions): Promise<void> {
  while (stage.placed.size < size) {
    const sagas = Math.min(fillBatch, size - stage.placed.size);
    const run = await feeding(stage, options.assortment, sagas);
    const title = `Filling the tables up to ${size} sagas`;
    await measure(
      title,
      stage,
      { sagas, run },
      (loop) => closedLoop({ ...loop, concurrency: fillConcurrency }),
      options,
    );
  }
}

async function measurePoint(
  stage: Stage,
  assortment: Assortment,
  options: GrowthOptions,
): Promise<GrowthPoint> {
  const { sagas, runs, concurrency } = options;
  const sagasBefore = stage.placed.size;
  const run = buying(stage, assortment);
  const all = await repeated(runs, (turn) => {
    const title = `${sagasBefore} sagas before, ${assortment.skus} SKUs, run ${turn}`;
    return measure(title, stage, { sagas, run }, (loop) => closedLoop({ ...loop, concurrency }), options);
  });
  return { sagasBefore, skus: assortment.skus, ...medianFigures(all) };
}
