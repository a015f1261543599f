/**
 * Who may import whom at run time, checked on the built JavaScript: what is left there are the verbs. The nouns, whose types are
 * gone from it, are checked by src/import-nouns.test.ts.
 */
const LEAVES =
  'apportion|basic-authorization|buffer-over|choices|clock|connects-by-room|cpu-limits|data-schema|errors|extremes|host-rules|interruption|list-set-cookies|nearest|own-headers|percentile|placeholders|private-address|proxy-rules|quantities|random|redact|target-faults|text-list|token-key|units|user-table|version';

/** Schemas of what a result is made of: nouns that are there at run time, too. What they import is theirs alone. */
const NOUNS = ['scenario/scenario\\.js$', 'plan/run-plan\\.js$', 'sampler/observations\\.js$'];

/** folder → what it may import at run time, besides itself and the leaves. */
const ALLOWED = {
  scenario: [],
  record: [],
  plan: [],
  protocol: ['cluster/wire'],
  generator: ['plan', 'protocol', 'record'],
  sampler: ['record'],
  fleet: ['plan', 'protocol', 'generator', 'sampler', 'record', ...NOUNS],
  result: ['record', ...NOUNS],
  diagnosis: ['record'],
  gate: ['record'],
  experiment: ['record'],
  faults: ['scenario'],
  report: ['record'],
  cluster: [],
  launch: ['cluster'],
};

/** A folder with all in it, or the files that a pattern names. */
function placeOf(allowed) {
  return allowed.endsWith('$') ? allowed : `${allowed}/`;
}

const folderRules = Object.entries(ALLOWED).map(([folder, allowed]) => ({
  name: `${folder}-imports`,
  comment: `src/${folder} runs without the other stages`,
  severity: 'error',
  from: { path: `^dist/${folder}/`, pathNot: TESTS() },
  to: { path: '^dist/', pathNot: `^dist/(${[folder, ...allowed].map(placeOf).join('|')}|(${LEAVES})\\.js$)` },
}));

export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'leaves-import-nothing',
      severity: 'error',
      from: { path: `^dist/(${LEAVES})\\.js$` },
      to: { path: '^dist/' },
    },
    ...folderRules,
    {
      name: 'cluster-wire-is-for-the-reference-adapter',
      severity: 'error',
      from: { path: '^dist/protocol/', pathNot: `^dist/protocol/adapters/reference|${TESTS()}` },
      to: { path: '^dist/cluster/wire/' },
    },
    {
      name: 'shards-start-without-schemas',
      comment: 'what a shard is told comes from this program; to load the library of schemas would delay every run',
      severity: 'error',
      from: { path: '^dist/fleet/shard-process\\.js$' },
      to: { path: '^node_modules/zod/', reachable: true },
    },
    only('commander', '^dist/cli/'),
    only('hdr-histogram-js', '^dist/record/'),
    only('ink|react', '^dist/report/terminal/'),
    only('amqplib|ioredis|pg', '^dist/(cluster/adapters|sampler)/'),
    only('@nats-io', '^dist/fleet/remote/'),
    {
      name: 'tests-only',
      comment: 'src/testing is for tests',
      severity: 'error',
      from: { path: '^dist/', pathNot: `${TESTS()}|^dist/(testing|bench)/` },
      to: { path: '^dist/testing/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/report/html/page' },
    externalModuleResolutionStrategy: 'node_modules',
  },
};

function TESTS() {
  return '\\.(test|bench|contract)\\.js$';
}

function only(packages, place) {
  return {
    name: `${packages.replaceAll('|', '-')}-only-in-its-place`,
    severity: 'error',
    from: { path: '^dist/', pathNot: `${place}|${TESTS()}|^dist/(testing|bench)/` },
    to: { path: `^node_modules/(${packages})/` },
  };
}
