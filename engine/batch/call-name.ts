/** What an effect calls the outside for, such as `prepare`, `ask` or `undo`. */
export const callName = (effect: unknown): string =>
  typeof effect === 'object' && effect !== null && 'call' in effect ? String(effect.call) : 'call';
