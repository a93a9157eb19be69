/** What all of these come to. The first failure is thrown once each has ended: nothing is under way any more. */
export async function allOf<T>(all: readonly Promise<T>[]): Promise<readonly T[]> {
  const ends = await Promise.allSettled(all);
  return ends.map((end) => {
    if (end.status === 'rejected') throw end.reason;
    return end.value;
  });
}
