import { Refusal } from './ask.ts';

interface Page {
  readonly items: readonly unknown[];
  readonly cursor?: string;
  readonly isWhole?: boolean;
}

/** Bounds a command whose pages never end. */
const MAX_PAGES = 1_000;

/**
 * Asks for pages until there is no other, or enough is there: all items in one page, with the cursor behind them.
 * `failure`: why a later page was refused; what came before stands. @throws Refusal of the first page
 */
export async function allPages<P extends Page>(
  ask: (cursor: string | undefined) => Promise<P>,
  isEnough: (items: P['items']) => boolean = () => false,
): Promise<{ readonly page: P; readonly failure?: Refusal }> {
  let page = await ask(undefined);
  for (let pages = 1; pages < MAX_PAGES; pages += 1) {
    if (page.cursor === undefined || isEnough(page.items)) break;
    try {
      const next = await ask(page.cursor);
      const isWhole = page.isWhole === false ? { isWhole: false } : {};
      page = { ...next, ...isWhole, items: [...page.items, ...next.items] };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { page, failure: error };
    }
  }
  return { page };
}
