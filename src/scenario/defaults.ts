/** What a scenario has where it says nothing; in the words of the file, so that this is also its documentation. */
export const DEFAULTS = {
  protocol: 'reference',
  clients: '50',
  'rooms-per-client': '1',
  senders: '100%',
  exponent: '1',
  arrivals: 'constant',
  loop: 'open',
  think: '0s',
  duration: '30s',
  warmup: '3s',
  payload: '100',
  drain: '10s',
  seed: '1',
  hops: true,
  timeouts: { connect: '10s', delivery: '5s' },
  'lateness-budget': '50ms',
  target: {
    kind: 'auto',
    topology: 'worker',
    'queue-type': 'classic',
    'rate-limiter': 'sliding',
    gateways: '2',
    workers: '1',
    balance: 'none',
  },
  abort: { after: '5s' },
  /** Of what is no queue: those are looked at every 100 ms. */
  observe: { every: '1s' },
  spread: 'round-robin',
  reconnect: { backoff: 'full-jitter', base: '100ms', max: '5s' },
} as const;

/** What `--quick` makes of a scenario that has no section of that name. */
export const QUICK = { duration: '3s', warmup: '500ms' } as const;

/** Members of a room where the scenario does not say: a pair; with `echo`, the sender alone. */
export const DEFAULT_ROOM_SIZE = { pair: '2', echo: '1' } as const;

export const LIMITS = {
  /** The marker that a recipient finds a message by has to fit into the body. */
  minPayloadBytes: 30,
  /** Below the 64 KiB at which servers commonly refuse a frame, with room for the envelope. */
  maxPayloadBytes: 60_000,
  /** Of a user, as the reference cluster takes it. */
  maxStatusBytes: 256,
  /** Members of a room that watch each other, below the reference cluster's 1,000 for one connection. */
  maxWatchers: 900,
  maxRatePerSecond: 1_000_000,
  /** Sequence numbers are unsigned 32-bit. */
  maxMessages: 2 ** 32 - 1,
  maxClients: 1_000_000,
  /** As many as the reference cluster takes of one connection. */
  maxRoomsPerClient: 1_000,
  /** Places in all rooms together. */
  maxSeats: 10_000_000,
  /** Messages of one user in one window; a sliding window remembers each. */
  maxRateLimit: 100_000,
  /** Each one is a process on this machine. */
  maxProcesses: 64,
  /** A week; timers overflow at 24.8 days. */
  maxDurationUs: 7 * 24 * 3600 * 1e6,
  maxStages: 1000,
  /** Sizes of rooms, or of bodies, in one scenario. */
  maxClasses: 100,
  maxGroups: 32,
  maxFaults: 100,
  maxObservations: 50,
  minObserveEveryUs: 100_000,
  maxObserveEveryUs: 10_000_000,
  /** Runs of one experiment. */
  maxSteps: 100,
  /** Bytes of a scenario file. */
  maxFileBytes: 1_000_000,
} as const;
