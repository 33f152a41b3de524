/** One Jest for every ring of tests. Servers start when the first test asks for one (tests/support/servers.ts), so pure rules start none. */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/tests'],
  testMatch: ['**/*.test.ts'],
  // The acts that are rare, and their looks, take minutes in Chromium: JOURNEYS=all npx jest tests/console/rare.
  testPathIgnorePatterns: ['/node_modules/', ...(process.env.JOURNEYS === 'all' ? [] : ['tests/console/rare']),
    // Disks that fill, clocks that step, Temporal's database lost under load: npm run faults:long.
    ...(process.env.FAULTS === 'long' ? [] : ['tests/faults/weather/long']),
    // A whole system lost and restored takes minutes: npm run drill.
    ...(process.env.DRILL ? [] : ['tests/faults/drill\\.test']),
    // An upgrade and the way back take three: UPGRADE=short, or UPGRADE=long from the release before.
    ...(process.env.UPGRADE ? [] : ['tests/upgrade/upgrade\\.test']),
    // So does a network of machines, which also needs root: npm run cluster.
    ...(process.env.CLUSTER ? [] : ['tests/cluster']),
    // Helm is built first: npm run check:chart.
    ...(process.env.CHART ? [] : ['tests/deploy/chart\\.test'])],
  testTimeout: 60_000,
  // Most of a test's time is waiting for servers: two files at a time also where there are two cores.
  maxWorkers: 2,
  globalSetup: '<rootDir>/tests/support/global-setup.ts',
  globalTeardown: '<rootDir>/tests/support/global-teardown.ts',
  transform: { '^.+\\.(t|j|mj)s$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } }] },
  // Published as ES modules only; Jest's loader wants CommonJS.
  transformIgnorePatterns: ['/node_modules/(?!(@tus|file-type|strtok3|token-types|uint8array-extras|@tokenizer|@borewit|jose|oidc-provider|openid-client|oauth4webapi|openapi-fetch|srvx|cookie-es|nanoid|eta|quick-lru|jsesc|koa|mnemonist)/)'],
};
