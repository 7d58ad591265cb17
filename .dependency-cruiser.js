// Who may import whom, as rules. Run by .dependency-cruiser.run.js.
const browserSafe = '^nodes/src/([^/]+)/(?:schema|form|examples)\\.ts$';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'shared-imports-zod-only',
      severity: 'error',
      from: { path: '^shared/src', pathNot: '\\.test\\.ts$' },
      to: { pathNot: ['^shared/src', 'node_modules/zod/'] },
    },
    {
      name: 'node-schemas-are-browser-safe',
      severity: 'error',
      from: { path: browserSafe },
      to: {
        pathNot: ['^shared/src', 'node_modules/zod/', '^nodes/src/$1/(?!run\\.ts$)'],
      },
    },
    {
      name: 'nodes-import-their-own-shared-and-pure-libraries',
      severity: 'error',
      from: { path: '^nodes/src/([^/]+)/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: ['^nodes/src/$1/', '^shared/src', 'node_modules/(zod|croner|re2js|fft\\.js)/'] },
    },
    {
      name: 'editor-imports-shared-and-the-catalog',
      severity: 'error',
      from: { path: '^editor/src' },
      to: { path: '^(runtime|e2e|examples|nodes/src/runners|nodes/src/[^/]+/run)' },
    },
    {
      name: 'react-flow-under-canvas-only',
      severity: 'error',
      from: { path: '^editor/src', pathNot: '^editor/src/canvas/' },
      to: { path: 'node_modules/@xyflow/' },
    },
    {
      name: 'runtime-imports-no-editor',
      severity: 'error',
      from: { path: '^runtime/src' },
      to: { path: '^(editor|e2e)/' },
    },
    {
      name: 'runtime-takes-nodes-by-catalog-and-runners',
      severity: 'error',
      from: { path: '^runtime/src', pathNot: '\\.test\\.ts$' },
      to: { path: '^nodes/src', pathNot: '^nodes/src/(catalog|runners)\\.ts$' },
    },
    {
      name: 'isolated-vm-in-the-sandbox-only',
      severity: 'error',
      from: { path: '^(shared|nodes|runtime|editor)/', pathNot: '^runtime/src/sandbox/' },
      to: { path: 'node_modules/isolated-vm/' },
    },
    {
      name: 'client-libraries-in-connections-only',
      severity: 'error',
      from: {
        path: '^runtime/src',
        pathNot: [
          '^runtime/src/connections/',
          '^runtime/src/server/devices/',
          '^runtime/src/demo/',
          '^runtime/src/commands/',
          '\\.test\\.ts$',
          // What tests share.
          '/testing[A-Z][A-Za-z]*\\.ts$',
        ],
      },
      to: { path: 'node_modules/(mqtt|@influxdata|nodemailer)/' },
    },
    {
      name: 'e2e-knows-the-running-product-only',
      severity: 'error',
      from: { path: '^e2e/', pathNot: '^e2e/bench/' },
      to: { path: '^(shared|nodes|runtime|editor)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(editor/dist|data)/' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
