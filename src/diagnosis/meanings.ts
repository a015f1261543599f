import type { DiagnosisCode } from './diagnosis.ts';

/** What a finding means, how it is found, and what helps, a sentence or two each. */
export interface Meaning {
  readonly means: string;
  readonly found: string;
  readonly helps: string;
}

export const MEANINGS: Readonly<Record<DiagnosisCode, Meaning>> = {
  saturated: {
    means:
      'More comes in than the target gets done. What is left waits, and every message waits longer than the one before: percentiles then say how long you ran, not how fast it is.',
    found:
      'Within a stretch of one rate: messages sent a second less deliveries a second over recipients of a message. Told where more than 5 % is left behind, what is under way at the end of each second grows along a line, at half of that rate at the least, and so does the p95 of the seconds: what is lost is no backlog.',
    helps:
      'Run at the rate that is sustained, or below it, for latencies that mean something; `chatbench run capacity` searches it. Then look at what is full.',
  },
  'process-full': {
    means:
      'One process uses all of a core. A program with one thread can do no more than that, however many cores there are.',
    found:
      'Only where the target is saturated: the mean over measure of the busiest thread of a process is 85 % of a core or more, or it is with the time in which that thread had to wait for a core; of one that got less than a quarter of a core both have to be 90 %. Looked at are processes that are observed, those of the bundled cluster, and those on this machine that serve the target or are connected to its observed queue.',
    helps:
      'Profile it, make its work cheaper, or run more of it. Where it waits for a core, the machine is full: give it more, or move something away.',
  },
  'backlog-elsewhere': {
    means:
      'The messages that pile up are in this queue, list or stream: what takes them out of it is slower than what puts them in.',
    found:
      'Only where the target is saturated: of the numbers that are observed, the one whose slope over measure comes nearest to that of the backlog, between half and twice of it.',
    helps: 'Look at its consumers: how many there are, what each waits for, and how much they take at a time.',
  },
  'memory-growing': {
    means:
      'A process or store held ever more memory while the load was constant: it keeps what it should let go of, or its queue stands in it.',
    found:
      'A straight line fits its memory over measure (80 % of the variance), and along it 30 % and 50 MB were added at the least.',
    helps:
      'Run longer (`chatbench run soak`) to see whether it ends, and look at what it keeps: connections, rooms, buffers, unacknowledged messages.',
  },
  drifting: {
    means:
      'Under a load that stayed the same something became more all the time: a process that keeps what it should let go of, a queue that never quite empties, latencies that creep up, or connections that go missing.',
    found:
      'Of measure in stretches of 5 s or more, 60 at the most, the median of each: the Theil–Sen slope through them, and Sen’s interval of 99 %, widened where neighbours resemble each other (Hamed and Rao). Told where the interval does not have 0 in it, the second half still has a third of the slope or more, and over measure it comes to 10 % and to 1 ms, 10 messages, 5 MB or one connection. Measure has to have a minute or more of one rate.',
    helps:
      'Run it for longer (`chatbench run soak`): the longer, the smaller the drift that is seen. Look at what the process keeps, and at the tables and indexes that grow behind it.',
  },
  'connections-refused': {
    means: 'Some clients never got in. All that is measured is of those that did.',
    found: 'More than 1 % of the connections that were attempted failed.',
    helps:
      'Look at the reason beside it: limits of open files, of connections, of the balancer, and how fast connections are opened (`connect: { rate: … }`).',
  },
  'slow-gateway': {
    means:
      'Recipients at one of several gateways, or addresses of a target, wait longer than those at all others: that one is slow, or has a longer way.',
    found:
      'Each with 200 deliveries or more: at one of them their mean is 1.5 times that of any other and 5 ms more, and their median 1.25 times. Behind a balancer nobody knows who is where.',
    helps: 'Look at what it shares its machine with, how far away it is, and how many clients it has (`--spread`).',
  },
  'behind-ack': {
    means:
      'The server says yes at once, and the message arrives much later. Whoever times the answer alone sees none of it.',
    found: 'Half of the deliveries took more than five times as long as half of the acknowledgements, and 100 ms more.',
    helps: 'Observe what lies behind the answer: the queue (`--queue`), its consumers (`process`), the store.',
  },
  'periodic-stall': {
    means: 'Something stops the target at equal distances of time.',
    found:
      "The autocorrelation of the logarithm of each second's slowest delivery is above 0.5 at a distance that came at least three times, and those seconds are three times as slow as the median one.",
    helps: 'Look for what runs by the clock: garbage collection, checkpoints, log rotation, jobs, health checks.',
  },
  'two-speeds': {
    means: 'Deliveries are either fast or slow, with next to none between: they take two ways through the target.',
    found:
      'On a logarithmic scale the latencies make two heaps, each with 10 % of the deliveries or more, four times apart, and a valley of less than a tenth between. Half of the seconds have their part of the slow ones: a stall has them all in a few.',
    helps: 'Find what tells them apart: one of two servers, a cache and its misses, a batch that waits for its timer.',
  },
  generator: {
    means: 'A part of the latency is the generator’s own: messages were due and not yet sent.',
    found: 'The p95 of lateness is 30 % of the p95 of delivery or more, and 2 ms or more.',
    helps: 'Give the generator a machine of its own, or a lower rate.',
  },
  'longest-hop': {
    means: 'Of the stations of a message this one takes the largest part of the mean.',
    found:
      'By the stamps in the frames of the bundled cluster; told where a hop has a quarter or more, with what the process that it is in used of the cores meanwhile. Searches, curves and sweeps say which hop’s share grew most from the least load to the most.',
    helps:
      'The table of hops says what each is. It is where to look first, and no fault by itself: some hop is the longest of any run.',
  },
};
