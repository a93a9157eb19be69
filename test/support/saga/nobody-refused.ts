/** Nobody is refused because a test is fast or greedy, or this machine slow. Customers' orders are counted all the same. */
export const nobodyRefused = {
  MAX_EXPECTED_WAIT_SECONDS: 'none',
  MAX_OPEN_PER_OWNER: '100000',
  PAUSE_AFTER_FAILURES: 'none',
  MAX_STOCK_SHARE: 'none',
} as const;
