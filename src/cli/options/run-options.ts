import { type Command, Option } from 'commander';
import { DEFAULT_MAX_STEAL_RATIO } from '../../gate/compare/choose-trials.ts';
import { formatCount } from '../../quantities.ts';
import type { FormatName } from '../../report/format-names.ts';
import type { ListenAddress } from '../../report/prometheus/serve-metrics.ts';
import type { ScenarioOverrides } from '../../scenario/overrides.ts';
import * as rules from '../../scenario/rules.ts';
import { parseCount, parseRatio, restrict } from '../../units.ts';
import type { ProxyOptions } from '../run/read-proxy.ts';
import type { TlsOptions } from '../run/read-tls.ts';
import { parseListenAddress, parseOtlpEndpoint } from './export-options.ts';
import { formatOption } from './format-option.ts';
import { parsedOption } from './parsed-option.ts';

/** Flags of `run`, as typed; absent ones undefined. Values of the scenario are read by `resolveScenario`. */
export interface RunOptions extends TlsOptions, ProxyOptions {
  readonly rate?: string;
  readonly duration?: string;
  readonly clients?: string;
  /** The same, for those who think of connections. */
  readonly connections?: string;
  readonly roomSize?: string;
  readonly payload?: string;
  readonly warmup?: string;
  readonly deliveryTimeout?: string;
  readonly drain?: string;
  readonly seed?: string;
  readonly target?: string;
  readonly gateways?: string;
  readonly workers?: string;
  readonly balance?: string;
  /** Name of an adapter, or path of a description or module. */
  readonly protocol?: string;
  /** Hosts that may be loaded although they are neither this machine nor in a private network. */
  readonly allowTarget: readonly string[];
  readonly topology?: string;
  readonly queueType?: string;
  readonly rateLimit?: string;
  readonly rateLimiter?: string;
  readonly spread?: string;
  /** How messages get to the reference cluster: websocket, http. */
  readonly send?: string;
  /** Address of the run's queue. */
  readonly queue?: string;
  /** What the reference cluster is to do wrong. */
  readonly defect?: string;
  /** Closed loop: each sender waits for its message to arrive. */
  readonly closed: boolean;
  /** False with `--no-hops`: the reference cluster's messages carry no stamps. */
  readonly hops: boolean;
  /** Users of the reference cluster must bear tokens. */
  readonly auth?: boolean;
  /** A small, short version of the scenario. */
  readonly quick: boolean;
  /** Spin between sends. */
  readonly precise: boolean;
  /** How many of the slowest messages are told. */
  readonly traces: number;
  readonly threshold: readonly string[];
  /** Sizes a fleet by the capacity that was found; see `readFleet`. */
  readonly expectedConnections?: number;
  /** Trials, one after the other on the same target; 1 to `MAX_TRIALS`. */
  readonly repeat: number;
  /** Of `repeat`: most of the CPU time that the hypervisor may take of a trial that counts, 0–1. */
  readonly maxSteal: number;
  /** Of `repeat`: most trials that are run until enough count; twice as many where undefined. */
  readonly maxTrials?: number;
  /** Directory that the run's own directory is made in; `reports` where undefined. */
  readonly out?: string;
  /** Besides, what a benchmark that times the POST would have printed. */
  readonly asInTheArticle: boolean;
  /** The summary on stdout, and nothing else there. */
  readonly json: boolean;
  /** No progress, no summary; the verdict and errors only. */
  readonly quiet: boolean;
  /** The summary of all that was measured, instead of one screen. */
  readonly details: boolean;
  /** The same, and what each row of it means. */
  readonly explain: boolean;
  /** False with `--no-report`: no report.html, unless `--format` asks for it. */
  readonly report: boolean;
  /** What is written beside result.json; undefined: report.html. */
  readonly format?: readonly FormatName[];
  /** Serve the run's metrics there while it is under way. */
  readonly prometheus?: ListenAddress;
  /** Push them to this collector. */
  readonly otlp?: URL;
  /** False with `--no-tui`: progress as plain lines also on a terminal. */
  readonly tui: boolean;
}

const MAX_TRIALS = 1000;
const DEFAULT_MAX_STEAL = `${DEFAULT_MAX_STEAL_RATIO * 100}%`;

const traceCount = restrict(parseCount, (count) => count <= 1_000, '0 to 1000');

const trialCount = restrict(
  parseCount,
  (count) => count >= 1 && count <= MAX_TRIALS,
  `1 to ${formatCount(MAX_TRIALS)} trials`,
);

const mostTrialCount = restrict(
  parseCount,
  (count) => count >= 1 && count <= 2 * MAX_TRIALS,
  `1 to ${formatCount(2 * MAX_TRIALS)} trials`,
);

/** Defines the flags of `RunOptions` on a command. */
export function defineRunOptions(command: Command, defaults = { repeat: 1 }): Command {
  const load = 'Load:';
  const target = 'Target:';
  const judgement = 'Verdict:';
  const output = 'Output:';
  const flag = (group: string, flags: string, description: string) => new Option(flags, description).helpGroup(group);
  for (const option of reachOptions()) command.addOption(option.helpGroup(target));
  return command
    .addOption(flag(load, '--rate <rate>', 'messages a second, such as 1200 or 1200/s; with stages, the highest rate'))
    .addOption(flag(load, '--duration <time>', 'length of measure, such as 30s or 2m; with stages, their sum'))
    .addOption(flag(load, '--clients <count>', 'virtual users, one WebSocket each'))
    .addOption(flag(load, '--connections <count>', 'the same as --clients'))
    .addOption(flag(load, '--room-size <count>', 'members of a room, the sender included'))
    .addOption(flag(load, '--payload <size>', 'bytes of a message, such as 100 or 4KiB'))
    .addOption(flag(load, '--warmup <time>', 'time before measure that no figure includes'))
    .addOption(
      flag(load, '--delivery-timeout <time>', 'a delivery that takes longer is late, a POST without answer failed'),
    )
    .addOption(flag(load, '--drain <time>', 'what has not arrived so long after the load has ended is lost'))
    .addOption(flag(load, '--seed <number>', 'the same seed gives the same schedule, to the message'))
    .addOption(
      flag(
        load,
        '--closed',
        'closed loop, without a rate: a sender waits for its message to arrive; service times only',
      ).default(false),
    )
    .addOption(flag(load, '--quick', 'a small, short version: does it work at all?').default(false))
    .addOption(flag(load, '--precise', 'spin between sends: exact to the microsecond, for a whole core').default(false))
    .addOption(
      flag(
        target,
        '--target <target>',
        'auto, embedded, local, compose, or an address: ws://HOST:PORT/PATH, or several with commas',
      ),
    )
    .addOption(
      flag(
        target,
        '--protocol <protocol>',
        'echo, socket.io, stomp, or a file that describes how to speak to your server',
      ),
    )
    .addOption(allowTargetOption().helpGroup(target))
    .addOption(
      flag(target, '--topology <topology>', "the reference cluster's: worker, pubsub, pattern, fanout or stomp"),
    )
    .addOption(flag(target, '--queue-type <type>', 'queues of its RabbitMQ: classic or quorum'))
    .addOption(flag(target, '--rate-limit <quota>', 'what each of its users may send, such as 10/s or 600/m'))
    .addOption(flag(target, '--rate-limiter <kind>', 'window of that: sliding or fixed'))
    .addOption(flag(target, '--gateways <count>', 'gateways of the reference cluster'))
    .addOption(flag(target, '--workers <count>', 'workers of the reference cluster'))
    .addOption(
      flag(
        target,
        '--balance <method>',
        'nginx before the gateways: none, round-robin, ip-hash, least-conn, random-two',
      ),
    )
    .addOption(flag(target, '--no-hops', 'messages carry no stamps of where their time went; see docs/protocol.md'))
    .addOption(flag(target, '--auth', 'its users must bear tokens, which the clients of the run sign themselves'))
    .addOption(
      flag(target, '--spread <method>', 'clients over gateways: round-robin, least-connections, health, sticky-hash'),
    )
    .addOption(flag(target, '--send <way>', 'messages to the reference cluster: websocket or http'))
    .addOption(flag(target, '--queue <address>', "the run's queue, on any target: amqp://HOST:PORT/VHOST?queue=NAME"))
    .addOption(defectOption().helpGroup(target))
    .addOption(
      flag(
        judgement,
        '--threshold <expression>',
        "such as 'delivery.p95 < 170ms'; repeatable; replaces the scenario's on the same metric and window, else is added",
      )
        .argParser((value: string, given: readonly string[]) => [...given, value])
        .default([], 'none'),
    )
    .addOption(
      parsedOption(
        '--expected-connections <count>',
        'with a search: how many gateways so many need; by rate, each sends what a client of the scenario does',
        rules.clients,
      ).helpGroup(judgement),
    )
    .addOption(
      parsedOption(
        '--repeat <count>',
        'trials on one target, with fresh connections each',
        trialCount,
        defaults.repeat,
      ).helpGroup(judgement),
    )
    .addOption(
      parsedOption(
        '--max-steal <share>',
        'with --repeat: a trial of which the hypervisor took more is run again; 100% for none',
        parseRatio,
        DEFAULT_MAX_STEAL_RATIO,
        DEFAULT_MAX_STEAL,
      ).helpGroup(judgement),
    )
    .addOption(
      parsedOption(
        '--max-trials <count>',
        'with --repeat: most trials that are run for that (default: twice as many)',
        mostTrialCount,
      ).helpGroup(judgement),
    )
    .addOption(flag(output, '--out <directory>', 'where reports are written (default: reports)'))
    .addOption(
      flag(
        output,
        '--as-in-the-article',
        'besides, what a benchmark that times the POST would print; with --send http',
      ).default(false),
    )
    .addOption(
      parsedOption(
        '--traces <count>',
        'how many of the slowest messages are told, with their traces; 0 for none',
        traceCount,
        20,
      ).helpGroup(output),
    )
    .addOption(flag(output, '--json', 'print the summary as JSON on stdout, and nothing else there').default(false))
    .addOption(flag(output, '--quiet', 'print the verdict only').default(false))
    .addOption(flag(output, '--details', 'print all that was measured, not what fits one screen').default(false))
    .addOption(flag(output, '--explain', 'the same, and what each row of it means').default(false))
    .addOption(formatOption('write these beside result.json').helpGroup(output))
    .addOption(flag(output, '--no-report', 'write result.json, but no report.html'))
    .addOption(flag(output, '--no-tui', 'print progress as plain lines'))
    .addOption(
      flag(output, '--prometheus <address>', 'serve metrics during the run, such as :9464').argParser(
        parseListenAddress,
      ),
    )
    .addOption(
      flag(output, '--otlp <url>', 'push metrics during the run, such as http://127.0.0.1:4318').argParser(
        parseOtlpEndpoint,
      ),
    );
}

/** The flag that lets load go to a machine that may not be the operator's own. */
export function allowTargetOption(): Option {
  return new Option(
    '--allow-target <host>',
    'load a host that is neither this machine nor in a private network; repeatable',
  )
    .argParser((value: string, given: readonly string[]) => [...given, value])
    .default([], 'none');
}

/** The flags of `TlsOptions` and `ProxyOptions`. */
export function reachOptions(): readonly Option[] {
  return [
    new Option(
      '--proxy <url>',
      'reach the target through this proxy, http://HOST:PORT, or off: without that of https_proxy and http_proxy',
    ),
    new Option(
      '--ca <file>',
      "PEM file of an authority to trust besides the usual ones, or of the target's certificate",
    ),
    new Option('--cert <file>', 'PEM file of a certificate that clients show, with --key'),
    new Option('--key <file>', 'PEM file of its private key'),
    new Option('--insecure', "do not verify the target's certificate; every summary says so").default(false),
  ];
}

/** For docs/defects.md and for tests; help leaves it out. */
function defectOption(): Option {
  return new Option('--defect <name>', 'make the reference cluster fail; see docs/defects.md').hideHelp();
}

/** The formats that a run is written in. */
export function chooseFormats({ format, report }: RunOptions): readonly FormatName[] {
  return format ?? (report ? ['html'] : []);
}

/** The flags as the scenario takes them; it leaves those alone that are none of its business. */
export function toOverrides({ threshold, connections, ...flags }: RunOptions): ScenarioOverrides {
  return { ...flags, clients: flags.clients ?? connections, thresholds: threshold };
}
