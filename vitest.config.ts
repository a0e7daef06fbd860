import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Packages get graphql as Node resolves it; with Vite's choice of its ES module, there would be two that do not match.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/bundle-workers.ts'],
    // Engine processes use every core they are given; more test files at once would only make them wait for each other.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
