import { defineConfig } from 'vitest/config'

// See `bundleLibrary` in scripts/bootstrap.mjs.
const conditions = ['unbundled', 'node']

export default defineConfig({
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/global_setup.ts'],
    // A process for each file: one that crashes takes no other with it.
    pool: 'forks',
    execArgv: ['--conditions=unbundled'],
    silent: 'passed-only',
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // The compiled library runs as Node loads it, not through Vite; what a worker thread imports too has to be the same file.
    server: { deps: { external: [/\/(dist|build|scripts|workers)\//] } },
  },
})
