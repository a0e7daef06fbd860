import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/**
 * The layering rule (ARCHITECTURE.md): resolvers and http -> sessions -> engine, storage.
 * A folder's entry lists the siblings that it must not import.
 */
const forbidden = {
  engine: ['resolvers', 'http', 'sessions', 'storage', 'auth', 'metrics', 'demo', 'doctor', 'config', 'main'],
  storage: ['resolvers', 'http', 'sessions', 'engine', 'auth', 'metrics', 'demo', 'doctor', 'main'],
  sessions: ['resolvers', 'http', 'auth', 'metrics', 'demo', 'doctor', 'main'],
  auth: ['resolvers', 'http', 'sessions', 'engine', 'metrics', 'demo', 'main'],
  // It hears of the others through their observers, and is read through one method.
  metrics: ['resolvers', 'http', 'engine', 'auth', 'demo', 'doctor', 'main'],
  resolvers: ['http', 'metrics', 'demo', 'doctor', 'main'],
  http: ['resolvers', 'metrics', 'demo', 'doctor', 'main'],
  // The demo is a client: it knows the server only through its sockets.
  demo: ['resolvers', 'http', 'sessions', 'engine', 'storage', 'auth'],
  doctor: ['resolvers', 'http', 'sessions', 'storage', 'auth', 'demo', 'main'],
};

const layers = Object.entries(forbidden).map(([folder, siblings]) => ({
  files: [`src/${folder}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            regex: `^(\\.\\./)+(${siblings.join('|')})(/|\\.js$)`,
            message: `src/${folder} must not import this layer (see ARCHITECTURE.md, "The layering rule").`,
          },
        ],
      },
    ],
  },
}));

export default tseslint.config(
  { ignores: ['.dependency-cruiser.cjs', 'tools/painter/', 'dist/', 'node_modules/', 'data/', 'src/storage/generated/', 'web/src/generated/'] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  ...tseslint.configs.stylistic,
  {
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  ...layers,
);
