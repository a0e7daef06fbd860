import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: ['test/support/bundle-workers.ts'],
    projects: [
      project('unit', { include: ['test/**/*.test.ts'], exclude: ['test/e2e/**', 'test/browser/**'] }),
      project('e2e', { include: ['test/e2e/**/*.test.ts'], globalSetup: ['test/e2e/compile-program.ts'] }),
      project('browser', {
        include: ['test/browser/**/*.test.ts'],
        globalSetup: ['test/browser/launch-chromium.ts'],
        // A browser, a server and an engine on a busy machine: slow is not wrong.
        testTimeout: 300_000,
        hookTimeout: 120_000,
      }),
    ],
  },
});

function project(name: string, test: TestProjectInlineConfiguration['test']): TestProjectInlineConfiguration {
  return {
    // Node loads graphql's CommonJS for packages; Vite would load its ES module for tests, and two copies do not match.
    resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
    test: {
      name,
      // The test files of a process share their modules, so src/ and its packages load once. A test that changes a
      // module, the environment or the clock changes it back.
      isolate: false,
      // Imports of CommonJS packages fail here as they fail in Node.
      deps: { interopDefault: false },
      restoreMocks: true,
      unstubEnvs: true,
      // Engine processes use every core; more test files at once would wait for each other.
      maxWorkers: 2,
      testTimeout: 60_000,
      hookTimeout: 60_000,
      ...test,
    },
  };
}
