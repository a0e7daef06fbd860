/**
 * Who may import whom (ARCHITECTURE.md, "The rule"). An allow list: an import that no rule names is an error, so that a
 * new folder can import nothing until it stands here.
 */
const rooms = {
  core: [],
  engine: ['core'],
  storage: ['core'],
  auth: ['core', 'storage'],
  progress: ['core', 'storage', 'engine'],
  images: ['core', 'storage', 'engine'],
  presets: ['core', 'storage', 'engine'],
  estimates: ['core', 'engine'],
  // The two sides of a session: they meet in the database and in core/signals.ts only, so that they can run on two machines.
  sessions: ['core', 'storage', 'engine', 'progress', 'images', 'presets', 'estimates'],
  runs: ['core', 'storage', 'engine', 'progress', 'images', 'estimates'],
  metrics: ['core', 'storage', 'progress'],
  resolvers: ['core', 'auth', 'storage', 'engine', 'progress', 'images', 'presets', 'estimates', 'sessions'],
  graphql: ['core', 'auth', 'progress', 'resolvers'],
  http: ['core', 'auth', 'storage', 'images'],
};

/** The engine's folders, from the ground up: each may import those before it. */
const engineFloors = [
  'types',
  'process',
  'network',
  'recipe',
  'schedule',
  'image',
  'backend',
  'objective',
  'optimizer',
  'checkpoint',
  'run',
  'install',
  'selection',
  'estimate',
  'worker',
];

const src = (folder) => `^src/${folder}/`;

module.exports = {
  forbidden: [
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'engine-has-one-door',
      comment: 'Import src/engine/index.ts instead.',
      severity: 'error',
      from: { pathNot: src('engine') },
      to: { path: src('engine'), pathNot: '^src/engine/index\\.ts$' },
    },
  ],
  allowedSeverity: 'error',
  allowed: [
    { comment: 'packages and Node', from: {}, to: { pathNot: '^src/' } },
    { comment: 'within a room', from: { path: '^src/([^/]+)/', pathNot: src('engine') }, to: { path: '^src/$1/' } },
    ...Object.entries(rooms).map(([from, to]) => ({
      from: { path: src(from) },
      to: { path: `^src/(${['none', ...to].join('|')})/` },
    })),
    {
      comment: 'recipes are typed, but written and read by a function that is handed in',
      from: { path: src('storage') },
      to: { path: '^src/engine/index\\.ts$', dependencyTypes: ['type-only'] },
    },
    // Within the engine.
    { from: { path: src('engine') }, to: { path: '^src/engine/errors\\.ts$' } },
    { from: { path: '^src/engine/index\\.ts$' }, to: { path: src('engine') } },
    { from: { path: '^src/engine/([^/]+)/' }, to: { path: '^src/engine/$1/' } },
    ...engineFloors.map((floor, index) => ({
      from: { path: src(`engine/${floor}`) },
      to: { path: `^src/engine/(${['none', ...engineFloors.slice(0, index)].join('|')})/` },
    })),
    // The composition root, its configuration and its programs.
    { from: { path: '^src/server\\.ts$' }, to: { path: '^src/', pathNot: src('cli') } },
    {
      comment: 'the root below the transports',
      from: { path: '^src/application\\.ts$' },
      to: { path: '^src/(core|engine|storage|images|presets|estimates|progress|sessions|runs)/' },
    },
    { from: { path: '^src/config\\.ts$' }, to: { path: '^src/(engine/index\\.ts|core/)' } },
    {
      from: { path: '^src/(auth|http|graphql)/|^src/application\\.ts$' },
      to: { path: '^src/config\\.ts$', dependencyTypes: ['type-only'] },
    },
    {
      from: { path: src('cli'), pathNot: src('cli/demo') },
      to: { path: '^src/(cli|core|engine|auth|storage|images)/|^src/(server|config)\\.ts$' },
    },
    { comment: 'a client like any other', from: { path: src('cli/demo') }, to: { path: src('cli/demo') } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: 'src/storage/generated' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js'] },
  },
};
