/** The walls of the house: who may import whom. */
const only = (from, to, extra = {}) => ({
  name: `${from}-walls`,
  severity: 'error',
  comment: `${from}/ may import only: ${[from, ...to].join(', ')}`,
  from: { path: `^${from}/`, pathNot: '\\.test\\.ts$' },
  to: {
    path: '^(app|bot|charts|commands|db|engine|feeds|web|test|bench|main\\.ts|config\\.ts)',
    pathNot: `^(${[from, ...to].join('|')})/`,
    ...extra,
  },
});
const values = { dependencyTypesNot: ['type-only'] };

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    only('engine', []),
    only('feeds', ['engine']),
    only('db', ['engine']),
    only('charts', ['engine']),
    only('commands', ['engine', 'db', 'charts']),
    {
      name: 'commands-take-what-they-are-handed',
      severity: 'error',
      comment: 'commands/ may use types of db/ and charts/ alone',
      from: { path: '^commands/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(db|charts)/', ...values },
    },
    only('bot', ['commands', 'engine']),
    only('web', ['commands', 'engine']),
    {
      name: 'only-the-root-wires',
      severity: 'error',
      comment: 'nobody imports the composition root',
      from: { path: '^(bot|charts|commands|db|engine|feeds|web)/' },
      to: { path: '^(main\\.ts|config\\.ts|app/)' },
    },
    {
      name: 'engine-is-pure',
      severity: 'error',
      from: { path: '^engine/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    exclude: { path: '(^node_modules|\\.cjs$|web/page)' },
  },
};
