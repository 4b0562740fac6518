// The walls of the house (CONTRIBUTING, "The house"). Arrows run one way:
// hosts -> app -> {sync, runtime, interchange} -> {catalog, vault} -> {contract, platform}.
const room = (name) => `^src-main/${name}/`;
const rooms = [
  'contract',
  'platform',
  'vault',
  'catalog',
  'runtime',
  'sync',
  'interchange',
  'app',
  'hosts',
  'sample',
];
const mayImport = {
  contract: [],
  platform: [],
  vault: ['contract', 'platform'],
  catalog: ['contract', 'platform'],
  runtime: ['contract', 'platform', 'vault', 'catalog'],
  sync: ['contract', 'platform', 'vault', 'catalog'],
  interchange: ['contract', 'platform', 'vault', 'catalog'],
  app: ['contract', 'platform', 'vault', 'catalog', 'runtime', 'sync', 'interchange'],
  hosts: ['contract', 'platform', 'app'],
  // A process of its own that ships with the app.
  sample: [],
};

const wall = (from) => ({
  name: `${from}-reaches-only-down`,
  comment: `${from} may import ${mayImport[from].join(', ') || 'nothing of ours'}.`,
  severity: 'error',
  from: { path: room(from) },
  to: {
    path: rooms
      .filter((name) => name !== from && !mayImport[from].includes(name))
      .map(room)
      .concat(from === 'app' ? [] : from === 'hosts' ? [] : ['^src-main/app\\.ts$'], ['^src-renderer/']),
  },
});

const onlyImporter = (name, packages, home) => ({
  name: `${name}-has-one-importer`,
  comment: `Only ${home} may import ${packages.join(', ')}.`,
  severity: 'error',
  from: { path: '^src-', pathNot: home },
  to: { path: packages.map((pkg) => `(^|node_modules/)${pkg}(/|$)`) },
});

module.exports = {
  forbidden: [
    ...rooms.map(wall),
    {
      name: 'renderer-knows-the-contract-alone',
      severity: 'error',
      from: { path: '^src-renderer/' },
      to: { path: '^src-main/', pathNot: '^src-main/contract/' },
    },
    onlyImporter('keytar', ['keytar', '@github/keytar'], '^src-main/vault/'),
    onlyImporter('lowdb', ['lowdb'], '^src-main/catalog/'),
    onlyImporter('electron', ['electron'], '^src-main/hosts/desktop/'),
    {
      name: 'no-circles',
      comment: 'Types alone may point back, and a component may draw itself, as a tree does.',
      severity: 'error',
      from: { pathNot: '\\.svelte$' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'nothing-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, path: '^\\.' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types', 'svelte', 'browser'],
      extensions: ['.ts', '.js', '.svelte', '.svelte.ts', '.mjs', '.cjs', '.json', '.css'],
    },
  },
};
