import { defineConfig } from 'vitest/config';

// Files that replace a module or something of the process for all that run with them: each has a process of its own.
const alone = [
  'tests/check/country-at-start.test.ts',
  'tests/store/journal-spare.test.ts',
  'tests/store/refused.test.ts',
  'tests/store/replicas.test.ts',
];

const soak = 'tests/**/*.soak.test.ts';

export default defineConfig({
  test: {
    // Stores and spawned services are heavy; two cores are what CI has.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        // Loading the program anew for each file took as long as half of the tests.
        test: {
          name: 'together',
          include: ['tests/**/*.test.ts'],
          exclude: [soak, ...alone],
          isolate: false,
          // A store that one test leaves as a crash would is closed by the collector, with a warning in what another prints.
          execArgv: ['--no-warnings'],
        },
      },
      { extends: true, test: { name: 'alone', include: alone } },
    ],
  },
});
