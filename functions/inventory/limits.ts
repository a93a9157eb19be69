import type { StockLimits } from './decide.ts';

/** The environment variables for it. */
interface LimitSettings {
  readonly MAX_QUANTITY_PER_LINE?: string | undefined;
  readonly MAX_STOCK_SHARE?: string | undefined;
}

const isNone = (text: string | undefined): boolean => text === undefined || text === '' || text === 'none';

/** @throws RangeError naming the setting that is wrong */
export function stockLimitsIn({
  MAX_QUANTITY_PER_LINE: quantity,
  MAX_STOCK_SHARE: share,
}: LimitSettings): StockLimits {
  if (!isNone(quantity) && !/^[1-9]\d{0,5}$/.test(quantity ?? ''))
    throw new RangeError(
      `MAX_QUANTITY_PER_LINE is ${JSON.stringify(quantity)}: it has to be a number, or none`,
    );
  if (!isNone(share) && !/^(?:100|[1-9]\d?)%$/.test(share ?? ''))
    throw new RangeError(
      `MAX_STOCK_SHARE is ${JSON.stringify(share)}: it has to be a percentage, such as 50%, or none`,
    );
  return {
    maxQuantity: isNone(quantity) ? Number.POSITIVE_INFINITY : Number(quantity),
    maxSharePercent: isNone(share) ? 100 : Number.parseInt(share ?? '', 10),
  };
}

let limits: StockLimits | undefined;

/** As the environment variables say: they never change. @throws RangeError */
export function stockLimits(): StockLimits {
  limits ??= stockLimitsIn({
    MAX_QUANTITY_PER_LINE: process.env.MAX_QUANTITY_PER_LINE,
    MAX_STOCK_SHARE: process.env.MAX_STOCK_SHARE,
  });
  return limits;
}
