import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{shared,nodes,runtime,editor,examples}/**/*.test.{ts,tsx}'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    pool: 'forks',
    globalSetup: './.vitest.folder.ts',
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
