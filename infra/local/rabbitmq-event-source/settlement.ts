/** Settles deliveries with the fewest frames: all up to a tag at once, and the rest one by one. */
export type Settlement = { readonly upTo?: number; readonly singly: readonly number[] };

/**
 * `multiple` settles every delivery of the channel up to a tag, so it must stay below the lowest tag that is still open
 * elsewhere. https://www.rabbitmq.com/docs/confirms#consumer-acks-multiple-parameter
 *
 * The deliveries are in the order of their tags. `lowestOpenTag` is the lowest unsettled tag that is not among them.
 */
export function settlement(
  deliveries: readonly { readonly tag: number }[],
  lowestOpenTag: number,
): Settlement {
  const firstBeyond = deliveries.findIndex(({ tag }) => tag > lowestOpenTag);
  const reached = firstBeyond === -1 ? deliveries.length : firstBeyond;
  const singly = deliveries.slice(reached).map(({ tag }) => tag);
  const last = deliveries[reached - 1];
  return last === undefined ? { singly } : { upTo: last.tag, singly };
}
