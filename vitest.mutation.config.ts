import { defineConfig } from 'vitest/config';

/** The tests of the decisions and of the declaration alone: no other may kill a mutant of theirs. */
export default defineConfig({
  test: {
    isolate: false,
    include: [
      'test/unit/{order,inventory,payment}/{decide,ended,released,reserve,money}.test.ts',
      'test/unit/saga/{initiator,initiator-ends,external-decision,external-waiting,declaration-flaws,declared-names,define-saga,derivation}.test.ts',
    ],
  },
});
