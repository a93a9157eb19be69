import * as z from 'zod';

/** A page of a list, as its reader sees it. */
export const pageView = <Item extends z.ZodType>(item: Item) =>
  z.object({
    items: z.array(item),
    cursor: z.string().optional().describe('For the next page. Without it this was the last one.'),
  });
