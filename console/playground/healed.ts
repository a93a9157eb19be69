/** A saga that was seen open. */
export interface Seen {
  readonly orderId: string;
  /** When it was placed, in milliseconds since 1970. */
  readonly sinceMs: number;
  /** Whether something of it had failed when it was seen. */
  readonly wasHurt: boolean;
}

/** What was seen open, by order. */
export type SeenOpen = ReadonlyMap<string, Seen>;

interface Open {
  readonly orderId: string;
  readonly ageSeconds: number;
  readonly troubles?: readonly unknown[];
  readonly lastError?: string;
}

/**
 * Those that are open now, with what is remembered of them, and those that were and are no more: they have ended, or are beyond
 * the end of the list. The caller asks which.
 */
export function compareOpen(
  seen: SeenOpen,
  open: readonly Open[],
  nowMs: number,
): { readonly seen: SeenOpen; readonly gone: readonly Seen[] } {
  const now = new Map(
    open.map(({ orderId, ageSeconds, troubles = [], lastError }): [string, Seen] => {
      const before = seen.get(orderId);
      const isHurt = troubles.length > 0 || lastError !== undefined;
      return [
        orderId,
        {
          orderId,
          sinceMs: before?.sinceMs ?? nowMs - ageSeconds * 1_000,
          wasHurt: isHurt || (before?.wasHurt ?? false),
        },
      ];
    }),
  );
  return { seen: now, gone: [...seen.values()].filter(({ orderId }) => !now.has(orderId)) };
}
