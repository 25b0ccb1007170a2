import { defineConfig } from 'vitest/config';

// What is too long for CI: `npm run soak`.
export default defineConfig({
  test: {
    include: ['tests/**/*.soak.test.ts'],
    testTimeout: 6 * 3_600_000,
    hookTimeout: 120_000,
    maxWorkers: 1,
  },
});
