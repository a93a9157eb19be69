import { defineConfig } from 'vitest/config';

/** The tests of the decisions alone: no other may kill a mutant of theirs. */
export default defineConfig({
  test: {
    include: [
      'test/unit/{order,inventory,payment}/{decide,ended,released,reserve,money,new-participant}.test.ts',
    ],
  },
});
