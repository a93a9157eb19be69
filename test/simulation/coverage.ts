/** Counts what happened in the runs, so that a run can prove that it came to what it is for. */
export class Coverage {
  readonly counts = new Map<string, number>();

  count(what: string, times = 1): void {
    if (times > 0) this.counts.set(what, (this.counts.get(what) ?? 0) + times);
  }

  add(others: Iterable<readonly [what: string, times: number]>): void {
    for (const [what, times] of others) this.count(what, times);
  }

  timesOf(what: string): number {
    return this.counts.get(what) ?? 0;
  }

  missing(wanted: readonly string[]): readonly string[] {
    return wanted.filter((what) => !this.counts.has(what));
  }
}
