import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    exclude: ['tests/**/*.soak.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Stores and spawned services are heavy; two cores are what CI has.
    maxWorkers: 2,
  },
});
