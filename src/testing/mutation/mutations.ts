/** One wrong text in place of a right one, which some test has to notice. */
export interface Mutation {
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly from: string;
  readonly to: string;
  /** The tests that it concerns, as `vitest run` takes them; one of them has to fail. */
  readonly tests: readonly string[];
}

/** What no test notices, and why none has to. */
export const KNOWN_SURVIVORS: readonly { readonly file: string; readonly from: string; readonly reason: string }[] = [
  {
    file: 'src/record/limiter-audit.ts',
    from: 'admittedAtUs[0]! <= opensAtUs',
    reason: 'the same figures: what is kept a moment longer is left out again where the window is counted',
  },
  {
    file: 'src/generator/run-shard.ts',
    from: '  recovery.fetchOverdue();',
    reason:
      'noticed on real brokers alone, by src/cluster/recovery.integration.test.ts: at the end of measure nobody is missing anything elsewhere',
  },
];

type Change = readonly [from: string, to: string];

const BY_FILE: readonly (readonly [file: string, tests: readonly string[], changes: readonly Change[]])[] = [
  [
    'src/plan/arrivals/constant.ts',
    ['src/plan'],
    [
      ['Math.ceil(integral.timeUsOf(k) - ROUNDING)', 'Math.floor(integral.timeUsOf(k) - ROUNDING)'],
      ['if (k >= count) return NO_ARRIVAL', 'if (k > count) return NO_ARRIVAL'],
      ['Math.ceil(integrateRate(stages).total - ROUNDING)', 'Math.ceil(integrateRate(stages).total)'],
      ['previousUs + 1', 'previousUs'],
    ],
  ],
  [
    'src/plan/arrivals/rate-integral.ts',
    ['src/plan'],
    [
      ['2 * piece.accelerationPerSecond2 * n', 'piece.accelerationPerSecond2 * n'],
      ['(stage.fromPerSecond + stage.toPerSecond) / 2', 'stage.toPerSecond'],
      ['startMass += mass', 'startMass += Math.ceil(mass)'],
    ],
  ],
  [
    'src/plan/schedule.ts',
    ['src/plan'],
    [
      ['this.#phaseStartUs = this.#plan.phases.warmupUs;', 'this.#phaseStartUs = 0;'],
      ['Math.floor(this.index / this.#plan.rooms) % senders', 'this.index % senders'],
    ],
  ],
  [
    'src/plan/split-plan.ts',
    ['src/plan/split-plan'],
    [
      ['Math.max(2, size)', 'size'],
      ['Math.max(1, cores - 1)', 'Math.max(1, cores)'],
    ],
  ],
  ['src/plan/choose-rooms.ts', ['src/plan'], [['values[middle]! > target', 'values[middle]! >= target + 1']]],
  ['src/plan/choose-clients.ts', ['src/plan', 'src/generator/clients'], [['fault * 2 ** 32', 'fault']]],
  [
    'src/plan/traffic-schedule.ts',
    ['src/plan'],
    [
      ['senders === 1 && size > 1 ? 1 : 0', '0'],
      ['next.atUs >= this.#warmupUs', 'next.atUs > this.#warmupUs'],
    ],
  ],
  [
    'src/record/recorder.ts',
    ['src/record/recorder.test.ts', 'src/generator/run-shard.test.ts', 'src/generator/whose-stall.test.ts'],
    [
      ['latencyUs > this.#deliveryTimeoutUs', 'latencyUs >= this.#deliveryTimeoutUs'],
      ['if (slots.measured[slot] === 1) this.#times.sent(latenessUs);', 'this.#times.sent(latenessUs);'],
      ['atUs - this.#deliveryTimeoutUs', 'atUs'],
      ['this.series.skipped += unwritten;', ''],
    ],
  ],
  [
    'src/record/message-times.ts',
    ['src/record/recorder.test.ts', 'src/generator/run-shard.test.ts', 'src/generator/whose-stall.test.ts'],
    [
      ['remaining === recipients >>> 1', 'remaining === (recipients >>> 1) - 1'],
      ['this.#service.record(nowUs - sentAtUs, blockedUs)', 'this.#service.record(latencyUs, blockedUs)'],
      ['if (remaining === 0) this.#fanoutLast', 'if (remaining === 1) this.#fanoutLast'],
      ['held[slot] === 1 ? 0 :', 'held[slot] === 2 ? 0 :'],
      ['const ownUs = this.#latenessOf(slot) + blockedUs;', 'const ownUs = this.#latenessOf(slot);'],
    ],
  ],
  [
    'src/record/delivery-audit.ts',
    ['src/record/ledger', 'src/generator/accounting'],
    [
      [
        "isMember && sequence < this.#open.nextSequence ? 'duplicated'",
        "sequence < this.#open.nextSequence ? 'duplicated'",
      ],
      ['!isMember || slots.room[slot] !== room', 'slots.room[slot] !== room'],
    ],
  ],
  [
    'src/record/open-messages.ts',
    ['src/record/ledger', 'src/generator/accounting'],
    [['this.countsOf(slot).expected -= deliveries;', '']],
  ],
  [
    'src/record/ledger-books.ts',
    ['src/record/ledger', 'src/generator/accounting'],
    [
      ['counts.sent - counts.limited', 'counts.sent'],
      ['sequence < this.#firstMeasured) this', 'sequence > this.#firstMeasured) this'],
    ],
  ],
  [
    'src/record/limiter-audit.ts',
    ['src/record/limiter-audit'],
    [
      ['admittedAtUs[0]! <= opensAtUs', 'admittedAtUs[0]! < opensAtUs'],
      ['allowedAtUs[0]! <= opensAtUs', 'allowedAtUs[0]! < opensAtUs'],
      ['allowedAtUs.length >= limit', 'allowedAtUs.length > limit'],
    ],
  ],
  [
    'src/record/merge-reports.ts',
    ['src/record/merge'],
    [
      ['Math.max(a.latenessMaxUs, b.latenessMaxUs)', 'Math.min(a.latenessMaxUs, b.latenessMaxUs)'],
      ['Math.max(a.drainEndUs, b.drainEndUs)', 'a.drainEndUs + b.drainEndUs'],
      ['Math.max(a.throttledUs ?? 0, b.throttledUs ?? 0)', '(a.throttledUs ?? 0) + (b.throttledUs ?? 0)'],
      ['inFlight: a.inFlight + b.inFlight', 'inFlight: Math.max(a.inFlight, b.inFlight)'],
    ],
  ],
  [
    'src/record/connection-counts.ts',
    ['src/record/merge'],
    [['Math.max(a.openingUs, b.openingUs)', 'a.openingUs + b.openingUs']],
  ],
  [
    'src/record/loop-delay.ts',
    ['src/record/loop-delay'],
    [
      ['this.delay.record(nowUs - this.#dueUs)', 'this.delay.record(BEAT_US)'],
      ['isBlocked = nowUs - this.#dueUs > PUNCTUAL_US;', 'isBlocked = nowUs - this.#dueUs > BEAT_US * 50;'],
      ['nowUs - Math.max(sinceUs, fromUs)', 'nowUs - fromUs'],
    ],
  ],
  [
    'src/record/block-log.ts',
    ['src/record/block-log', 'src/generator/whose-connect'],
    [['Math.min(this.#lengthUs[index % KEPT]!, endUs - fromUs)', 'this.#lengthUs[index % KEPT]!']],
  ],
  [
    'src/record/own-share.ts',
    ['src/record/own-share', 'src/generator/whose'],
    [
      ['if (ownUs < OWN_TOLD_US) return;', 'if (ownUs < OWN_TOLD_US * 100) return;'],
      ['Math.max(0, timeUs - ownUs)', '0'],
    ],
  ],
  [
    'src/record/due-recorder.ts',
    ['src/record/due-recorder', 'src/generator/windows-by-due'],
    [
      ['this.#second - Math.floor(intendedAtUs / SECOND_US)', 'this.#second - Math.round(intendedAtUs / SECOND_US)'],
      ['this.#awaited[age] = this.#awaited[age]! - 1;', ''],
    ],
  ],
  [
    'src/record/percentile-of.ts',
    ['src/record/histogram'],
    [['(percentile / 100) * count;', '(percentile / 100) * (count - 1);']],
  ],
  [
    'src/record/values-needed.ts',
    ['src/record/values-needed'],
    [['100 / (100 - percentile)', '50 / (100 - percentile)']],
  ],
  [
    'src/record/queue-depths.ts',
    ['src/record', 'src/gate'],
    [
      ['ready + (queue.inFlight[index] ?? 0)', 'ready'],
      ['queue.atUs[lastLoaded + 1]', 'queue.atUs[lastLoaded]'],
    ],
  ],
  [
    'src/generator/observe-health.ts',
    ['src/generator/observe-health'],
    [
      ['/ 1000 / wallUs', '/ 1_000_000 / wallUs'],
      ['(cpu.user + cpu.system) / wallUs', '(cpu.user + cpu.system) / wallUs / 2'],
      ['Math.round(duration * 1000)', 'Math.round(duration)'],
      ['const passed = (to?.periods ?? 0) - periods;', 'const passed = to?.periods ?? 0;'],
      ['beforeUs = us;', ''],
    ],
  ],
  [
    'src/generator/run-shard.ts',
    ['src/generator/run-shard.test.ts', 'src/generator/whose'],
    [
      ['  parts.health.stop();', '  parts.environment.clock.after(150_000, () => parts.health.stop());'],
      ['      reconnect: recovery.latency.ownSnapshot(),\n', ''],
      ['  recovery.fetchOverdue();', ''],
    ],
  ],
  [
    'src/plan/seating.ts',
    ['src/plan/seating'],
    [
      ['if (turn > 0) shuffle(', 'if (turn > 1) shuffle('],
      ['dealt += perTurn', 'dealt += size'],
    ],
  ],
  [
    'src/plan/arriving.ts',
    ['src/plan/arriving'],
    [
      ['(client + 0.5 - from)', '(client - from)'],
      ['+ SETTLED_US <= atUs', '<= atUs'],
    ],
  ],
  [
    'src/generator/clients/admit-soon.ts',
    ['src/generator/clients/receive-arriving'],
    [['ledger.admit(number)', 'ledger.excuse(number, 0)']],
  ],
  [
    'src/generator/break-down.ts',
    ['src/generator/break-down'],
    [
      ['endpointOf(recipient) ? 0 : 1', 'endpointOf(recipient) ? 1 : 0'],
      ['stalled.has(clientOf(recipient)) ? 0 : 1', 'stalled.has(clientOf(_sender)) ? 0 : 1'],
    ],
  ],
  [
    'src/generator/drain.ts',
    ['src/generator/drain'],
    [
      ['  await pause(clock, DUPLICATE_GRACE_US);\n', ''],
      ['() => limitUs() - (endUs - beganUs)', 'limitUs'],
      ['return endUs - startAtUs;', 'return clock.nowUs() - startAtUs;'],
    ],
  ],
  [
    'src/generator/clients/open-client.ts',
    ['src/generator/clients'],
    [
      ['clock.nowUs() - startUs - (outcome.heldUs ?? 0)', 'clock.nowUs() - startUs'],
      [
        '  onOpen(clock.nowUs() - startUs - (outcome.heldUs ?? 0));\n  steps.begin(outcome.connection);\n  const failure = await steps.within(clock, timeoutUs);\n',
        '  steps.begin(outcome.connection);\n  const failure = await steps.within(clock, timeoutUs);\n  onOpen(clock.nowUs() - startUs - (outcome.heldUs ?? 0));\n',
      ],
    ],
  ],
  [
    'src/generator/clients/pace-clients.ts',
    ['src/generator/clients/connect-clients', 'src/generator/whose-connect'],
    [
      ['Math.max(0, clock.nowUs() - atUs)', 'Math.max(0, -waitUs)'],
      ['Math.ceil((client * 1e6) / perSecond)', 'Math.floor((client * 1e6) / perSecond)'],
    ],
  ],
  [
    'src/generator/load/drive-arrivals.ts',
    ['src/generator/load/drive-arrivals'],
    [
      ['next.cursor.intendedAtUs <= nowUs && sent', 'next.cursor.intendedAtUs <= nowUs + 1_000 && sent'],
      [
        'one.cursor.intendedAtUs < earliest.cursor.intendedAtUs',
        'one.cursor.intendedAtUs <= earliest.cursor.intendedAtUs',
      ],
    ],
  ],
  [
    'src/generator/load/drive-closed-loop.ts',
    ['src/generator/load'],
    [
      ['awaited.get(sender) !== sequence', 'false'],
      ['nowUs >= loop.warmupEndUs', 'nowUs > loop.warmupEndUs'],
    ],
  ],
  ['src/clock.ts', ['src/clock'], [['Math.ceil(delayUs / 1000)', 'Math.floor(delayUs / 1000)']]],
  [
    'src/gate/generator-rules.ts',
    ['src/gate/assess-validity'],
    [
      ['latenessBudgetUs / 2', 'latenessBudgetUs * 2'],
      ['|| findThrottling(samples) !== null) return null;', ') return null;'],
      ['shard.cpuRatio > usableOfCore(shard) * VALIDITY_LIMITS.cpuRatio', 'shard.cpuRatio > VALIDITY_LIMITS.cpuRatio'],
    ],
  ],
  [
    'src/gate/judge.ts',
    ['src/gate/judge'],
    [
      ['(expected === 0 || once > 0 || isMissed ?', '(expected === 0 || isMissed ?'],
      [
        "if (blame === 'target' || invalidating.length === 0) return true;",
        'if (invalidating.length === 0) return true;',
      ],
      ['VOIDING.includes(code))) return false;', 'VOIDING.includes(code))) return true;'],
    ],
  ],
  [
    'src/gate/judge-threshold.ts',
    ['src/gate/judge', 'src/generator/whose'],
    [
      ["if (metric.blame === 'generator') return", "if (metric.blame === 'either') return"],
      [
        '!outcomeOf(threshold, ofTarget).ok) return excuseByOthers',
        'outcomeOf(threshold, ofTarget).ok) return excuseByOthers',
      ],
      ['if (!(factor <= VALIDITY_LIMITS.foreignFactor)) return null;', ''],
    ],
  ],
  [
    'src/gate/too-few.ts',
    ['src/gate/too-few'],
    [
      ['return count < needed ?', 'return count <= needed ?'],
      ['times.recorded.count + times.missing', 'times.recorded.count'],
    ],
  ],
  [
    'src/gate/subject.ts',
    ['src/gate', 'src/generator/whose'],
    [['|| subject.metric.isOfConnections === true) return value;', ') return value;']],
  ],
  [
    'src/gate/read-seconds.ts',
    ['src/gate'],
    [
      ['missing: lost + known.lostUntold', 'missing: lost'],
      ['const until = end + Math.ceil(longestUs / 1_000_000);', 'const until = end;'],
    ],
  ],
  [
    'src/gate/standstill.ts',
    ['src/gate/judge'],
    [['Math.max(longest, loopDelayMaxUs ?? 0)', 'Math.min(longest, loopDelayMaxUs ?? 0)']],
  ],
  [
    'src/gate/warming-up.ts',
    ['src/gate/warming-up'],
    [
      ['seconds.slice(-quarter)', 'seconds.slice(0, quarter)'],
      ['firstUs - lastUs >= LEAST_US', 'firstUs - lastUs >= -LEAST_US'],
    ],
  ],
];

export const MUTATIONS: readonly Mutation[] = BY_FILE.flatMap(([file, tests, changes]) =>
  changes.map(([from, to]) => ({ file, tests, from, to })),
);
