import type { AuditRowId } from '../../choices.ts';
import type { Criterion } from './criterion.ts';

/** One thing that a careful engineer would try, and what it is graded by. */
export interface AuditRow {
  readonly id: AuditRowId;
  readonly title: string;
  /** What rate it is run at: a share of the capacity that was found, or that of its scenario. */
  readonly shareOfCapacity: number | null;
  /** Whether it breaks parts of the bundled cluster, which a server at an address does not have. */
  readonly breaksParts: boolean;
  readonly criteria: readonly Criterion[];
  /** What to look at first where the grade is bad and the diagnosis is silent. */
  readonly advice: string;
}

const FELT =
  '0.1 s is felt as at once, 1 s is the limit up to which thought is not broken (Miller 1968; Nielsen, Usability Engineering, 1993)';
const WHOLE = 'a chat may be slow, but what it has acknowledged arrives, once, in order and at nobody else';

const nothing = (metric: string): Criterion => ({ metric, operator: '==', limits: ['0'], reason: WHOLE });

const AUDITED: readonly Criterion[] = [
  nothing('lost'),
  nothing('misrouted'),
  nothing('duplicated'),
  nothing('reordered'),
];

/** In the order in which they are run. */
export const AUDIT: readonly AuditRow[] = [
  {
    id: 'capacity',
    title: 'Highest rate that is sustained',
    shareOfCapacity: null,
    breaksParts: false,
    criteria: [
      {
        metric: 'capacity',
        operator: '>=',
        limits: ['1000/s', '500/s', '200/s', '50/s'],
        reason: '1,000/s is a busy hour of 100,000 users of whom each writes once in 100 s',
      },
    ],
    advice: 'see what binds: chatbench run capacity names the threshold or the process that stops it',
  },
  {
    id: 'tails',
    title: 'Latency at half of that',
    shareOfCapacity: 0.5,
    breaksParts: false,
    criteria: [
      { metric: 'delivery.p95', operator: '<', limits: ['100ms', '170ms', '500ms', '1s'], reason: FELT },
      { metric: 'delivery.p99', operator: '<', limits: ['200ms', '400ms', '1s', '2s'], reason: FELT },
      ...AUDITED,
    ],
    advice: 'see which hop takes the time, and what its process does meanwhile',
  },
  {
    id: 'burst',
    title: 'A burst of twice the capacity',
    shareOfCapacity: 2,
    breaksParts: false,
    criteria: [
      {
        metric: 'recovery',
        operator: '<=',
        limits: ['2', '4', '8', '16'],
        reason:
          'times the length of the burst: what is left over of twice the capacity takes one length to serve with nothing else to do, and 1.25 beside a fifth of it',
      },
      nothing('lost'),
      nothing('misrouted'),
    ],
    advice: 'a queue that takes what is too much has to be bounded, and served oldest first',
  },
  {
    id: 'connections',
    title: 'Many connections at once',
    shareOfCapacity: null,
    breaksParts: false,
    criteria: [
      {
        metric: 'connect.success',
        operator: '>=',
        limits: ['100%', '99.9%', '99%', '95%'],
        reason: 'who is not let in has no chat at all',
      },
      { metric: 'connect.p95', operator: '<', limits: ['250ms', '1s', '3s', '10s'], reason: FELT },
      nothing('dropped'),
      nothing('lost'),
    ],
    advice: 'see limits of open files, the listen backlog, and what the handshake does before it answers',
  },
  {
    id: 'large-room',
    title: 'One large room',
    shareOfCapacity: null,
    breaksParts: false,
    criteria: [
      { metric: 'fanoutLast.p95', operator: '<', limits: ['100ms', '250ms', '1s', '3s'], reason: FELT },
      ...AUDITED,
    ],
    advice: 'encode a message once for all its recipients, and write to sockets in batches',
  },
  {
    id: 'slow-readers',
    title: 'Some stop reading',
    shareOfCapacity: null,
    breaksParts: false,
    criteria: [
      { metric: 'deliveryOthers.p95', operator: '<', limits: ['100ms', '170ms', '500ms', '1s'], reason: FELT },
      nothing('lost'),
    ],
    advice: 'bound what waits for one client, and never await one write before the next',
  },
  {
    id: 'returning',
    title: 'Clients vanish and come back',
    shareOfCapacity: null,
    breaksParts: false,
    criteria: [
      { metric: 'reconnect.p95', operator: '<', limits: ['1s', '3s', '10s', '30s'], reason: FELT },
      nothing('lost'),
      nothing('misrouted'),
    ],
    advice: 'let a client ask for what it has missed when it comes back',
  },
  {
    id: 'failures',
    title: 'Parts of it die',
    shareOfCapacity: null,
    breaksParts: true,
    criteria: [
      nothing('lost'),
      nothing('reordered'),
      nothing('misrouted'),
      {
        metric: 'queue.drain',
        operator: '<',
        limits: ['5s', '10s', '15s', '30s'],
        reason: 'a failure is over when its backlog is',
      },
    ],
    advice: 'acknowledge only what is kept, and take over what a dead worker had',
  },
];
