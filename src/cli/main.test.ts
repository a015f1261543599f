import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../testing/run-command.ts';
import { runInProcess } from '../testing/run-in-process.ts';
import { readVersion } from '../version.ts';

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'chatbench-cli-'));
  writeFileSync(
    join(directory, 'mistakes.yaml'),
    `name: mistakes
question: What is wrong here?
rate: 1200/s
warmpup: 3s
duration: 5x
thresholds:
  - lost == 0
  - delvery.p95 < 170ms
`,
  );
  writeFileSync(join(directory, 'broken.yaml'), 'name: broken\nquestion: "Why?\nrate: [1200\n');
});
afterAll(() => rmSync(directory, { recursive: true }));

describe('wrong usage ends with exit code 2, nothing on stdout, and on stderr', () => {
  const UNKNOWN_SCENARIO_HINT =
    'hint: `chatbench scenarios` lists them; a scenario of your own is given by its path, such as ./my.yaml';
  const TARGETS = 'expected auto, embedded, local, compose or an address such as ws://127.0.0.1:8080/';
  const RUN_HINT = 'hint: see `chatbench run --help`';

  it.each([
    [
      'an unknown scenario',
      ['run', 'brust'],
      ['error: unknown scenario "brust", did you mean "burst"?', UNKNOWN_SCENARIO_HINT],
    ],
    [
      'an unknown flag',
      ['run', 'burst', '--rat', '5'],
      ['error: unknown option "--rat", did you mean --rate?', RUN_HINT],
    ],
    [
      'an unknown command',
      ['rum'],
      ['error: unknown command "rum", did you mean run?', 'hint: see `chatbench --help`'],
    ],
    [
      'an unknown command below another',
      ['target', 'upp'],
      ['error: unknown command "upp", did you mean up?', 'hint: see `chatbench target --help`'],
    ],
    [
      "another tool's flag for the rate",
      ['run', 'burst', '--rps', '5'],
      ['error: unknown option "--rps", did you mean --rate?', RUN_HINT],
    ],
    [
      "another tool's flag for the clients",
      ['run', 'burst', '-c', '5'],
      ['error: unknown option "-c", did you mean --clients?', RUN_HINT],
    ],
    [
      "another tool's flag where there is none such",
      ['serve', '--rps', '5'],
      ['error: unknown option "--rps"', 'hint: see `chatbench serve --help`'],
    ],
    [
      "a scenario that a server of one's own cannot be asked",
      ['run', 'failover', '--target', 'ws://127.0.0.1:9'],
      [
        'error: scenario "failover" needs the reference cluster, whose parts it breaks, got --target ws://127.0.0.1:9',
        'hint: with a server of your own run burst, capacity, users, or another that docs/your-server.md lists',
      ],
    ],
    [
      'a command that is called otherwise',
      ['list'],
      ['error: unknown command "list", did you mean scenarios?', 'hint: see `chatbench --help`'],
    ],
    [
      'a mistyped target',
      ['run', 'burst', '--target', 'locl'],
      [`error: --target locl: ${TARGETS}, did you mean "local"?`],
    ],
    [
      'an address without its scheme',
      ['run', 'burst', '--target', '127.0.0.1:8080'],
      [`error: --target 127.0.0.1:8080: ${TARGETS}, did you mean "ws://127.0.0.1:8080"?`],
    ],
    [
      'an address of the web',
      ['run', 'burst', '--target', 'https://chat.example/ws'],
      [`error: --target https://chat.example/ws: ${TARGETS}, did you mean "wss://chat.example/ws"?`],
    ],
    [
      'the same, to be probed',
      ['probe', 'http://127.0.0.1:8080', '--protocol', 'echo'],
      [
        'error: expected a ws:// or wss:// address such as ws://127.0.0.1:8080/, got "http://127.0.0.1:8080", did you mean "ws://127.0.0.1:8080"?',
      ],
    ],
    [
      'a flag without its value',
      ['run', 'burst', '--rate'],
      ['error: option "--rate <rate>" argument missing', RUN_HINT],
    ],
    ['no scenario', ['run'], ['error: missing required argument "scenario"', RUN_HINT]],
    [
      'a rate of nothing',
      ['run', 'burst', '--rate', '0'],
      ['error: --rate 0: expected a positive rate such as 1200 or 1200/s'],
    ],
    [
      'a rate that is none',
      ['run', 'burst', '--rate', 'abc'],
      ['error: --rate abc: expected a rate such as 1200 or 1200/s'],
    ],
    [
      'a duration that is none',
      ['run', 'burst', '--duration', '5x'],
      ['error: --duration 5x: expected a duration such as 30s or 2m'],
    ],
    [
      'one client for rooms of two',
      ['run', 'burst', '--clients', '1'],
      ['error: --clients 1: expected full rooms: a multiple of the room size 2, such as 2 clients'],
    ],
    [
      'a threshold on an unknown metric',
      ['run', 'burst', '--threshold', 'delvery.p95 < 1s'],
      ['error: --threshold \'delvery.p95 < 1s\': unknown metric "delvery.p95", did you mean "delivery.p95"?'],
    ],
    [
      'several mistakes',
      ['run', 'burst', '--rate', '0', '--payload', '1'],
      [
        'error: --rate 0: expected a positive rate such as 1200 or 1200/s',
        'error: --payload 1: expected 30 bytes (the marker of a message) to 16 MiB',
      ],
    ],
    [
      'mistakes in a file, all at once with their places',
      ['run', './mistakes.yaml'],
      [
        'error: ./mistakes.yaml:4:1: unknown key "warmpup", did you mean "warmup"?',
        'error: ./mistakes.yaml:5:11: duration: expected a duration such as 30s or 2m, got "5x"',
        'error: ./mistakes.yaml:8:5: threshold \'delvery.p95 < 170ms\': unknown metric "delvery.p95", did you mean "delivery.p95"?',
      ],
    ],
    [
      'an echo without a server',
      ['run', 'echo'],
      [
        'error: scenario "echo" needs a server that echoes, expected its address',
        'hint: give it with --target ws://HOST:PORT/PATH',
      ],
    ],
    [
      'trials of a search',
      ['run', 'capacity', '--repeat', '3'],
      [
        'error: --repeat: trials are single runs, and scenario "capacity" is a search of the highest rate, expected a single run',
        'hint: use a scenario without search, replay and sweep, such as burst; scenario "capacity" goes with `chatbench run`, once per target',
      ],
    ],
    [
      'two sides of a sweep',
      ['ab', 'users', '--base', 'embedded', '--head', 'embedded'],
      [
        'error: ab: trials are single runs, and scenario "users" is a sweep, expected a single run',
        'hint: use a scenario without search, replay and sweep, such as burst; scenario "users" goes with `chatbench run`, once per target',
      ],
    ],
    [
      'a matrix of a search',
      ['matrix', 'capacity', '--topology', 'worker,pubsub'],
      [
        'error: matrix: each combination is run once, and scenario "capacity" is a search of the highest rate, expected a single run',
        'hint: use a scenario without search, replay and sweep, such as burst; scenario "capacity" goes with `chatbench run`, once per target',
      ],
    ],
    [
      'formats that an experiment has not',
      ['run', 'fan-out', '--format', 'md,csv,junit'],
      [
        'error: --format md,csv,junit: an experiment such as scenario "fan-out" is written as html only',
        'hint: its steps are runs: render them with chatbench report DIR/STEP --format …; --json prints all of its figures',
      ],
    ],
    [
      'a number that is none',
      ['target', 'logs', '--lines', 'x'],
      ['error: --lines x: expected a whole number such as 50'],
    ],
    [
      'help on nothing known',
      ['help', 'exit-code'],
      [
        'error: no help on "exit-code", did you mean "exit-codes"?',
        'hint: `chatbench --help` lists the commands; `chatbench help exit-codes` the exit codes',
      ],
    ],
  ] as const)('%s: %j', async (_, args, lines) => {
    expect(await runInProcess(args, { cwd: directory })).toEqual({
      stdout: '',
      stderr: `${lines.join('\n')}\n`,
      exitCode: 2,
    });
  });

  it('every syntax mistake of a file that is not YAML, with its place', async () => {
    const { stdout, stderr, exitCode } = await runInProcess(['run', 'broken.yaml'], { cwd: directory });
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
    for (const line of stderr.trimEnd().split('\n'))
      expect(line).toMatch(/^error: broken\.yaml:\d+:\d+: invalid YAML: /);
  });

  it('help, where no command is given', async () => {
    const { stdout, stderr, exitCode } = await runCommand([]);
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
    expect(stderr).toContain('Usage: chatbench');
  });
});

it('a reader that has had enough ends the output, without an error', async () => {
  const { stderr, exitCode } = await runCommand(['scenarios'], { closeStdout: true });
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
});

describe('with --json, stdout has one object whatever happens', () => {
  it.each([
    ['an unknown scenario', ['run', 'brust', '--json'], 2, 'scenario-unknown', 'brust'],
    ['an unknown flag', ['run', 'burst', '--json', '--tarte', 'x'], 2, 'usage', '--tarte'],
    ['a wrong value', ['run', 'burst', '--rate', 'fast', '--json'], 2, 'scenario-invalid', 'fast'],
    ['a run that is not there', ['report', '/nowhere', '--json'], 2, 'result-unreadable', '/nowhere'],
    ['runs that are not there', ['compare', 'none', 'nothing', '--json'], 2, 'result-unreadable', 'none'],
    [
      'a place that nobody can write to',
      ['run', 'burst', '--target', 'embedded', '--json', '--out', '/proc/x'],
      2,
      'output-unwritable',
      '/proc/x',
    ],
    [
      'a target that is not there',
      ['run', 'echo', '--target', 'ws://127.0.0.1:9', '--clients', '2', '--json'],
      3,
      'target-unavailable',
      '127.0.0.1:9',
    ],
  ] as const)('%s', async (_, args, code, kind, told) => {
    const { stdout, stderr, exitCode } = await runInProcess(args, { cwd: directory });
    const { error } = JSON.parse(stdout);
    expect(exitCode).toBe(code);
    expect(Object.keys(error)).toEqual(['code', 'message', 'hint']);
    expect(error).toMatchObject({ code: kind, message: expect.stringContaining(told) });
    expect(stderr).toContain(`error: ${error.message.split('\n', 1)[0]}`);
  });
});

describe('answers go to stdout alone', () => {
  it('the version', async () => {
    expect(await runCommand(['--version'])).toEqual({ stdout: `${readVersion()}\n`, stderr: '', exitCode: 0 });
  });

  it.each([[['--help']], [['help', 'run']], [['help', 'target', 'up']]])('help: %j', async (args) => {
    const { stdout, stderr, exitCode } = await runInProcess(args);
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    expect(stdout).toMatch(/^Usage: chatbench/);
  });

  it('help with examples that name every way to give a load', async () => {
    const { stdout } = await runInProcess(['run', '--help']);
    expect(stdout).toContain('chatbench run burst --rate 1200');
    for (const flag of ['--rate', '--duration', '--clients', '--room-size', '--payload', '--warmup', '--seed']) {
      expect(stdout).toContain(`  ${flag} <`);
    }
  });

  it('the exit codes', async () => {
    const { stdout, exitCode } = await runInProcess(['help', 'exit-codes']);
    expect(exitCode).toBe(0);
    expect(stdout.match(/^ *\d+/gm)?.map(Number)).toEqual([0, 1, 2, 3, 4, 5, 130, 143]);
  });

  it('the scenarios, each with its question', async () => {
    const { stdout, stderr, exitCode } = await runInProcess(['scenarios']);
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    expect(stdout).toMatch(/^burst +Does the cluster keep up with a burst, and how long do\n +messages wait\?$/m);
    expect(stdout).toMatch(/^echo +\S/m);
  });

  it('the scenarios as JSON', async () => {
    const { stdout, exitCode } = await runInProcess(['scenarios', '--json']);
    expect(exitCode).toBe(0);
    const listed = JSON.parse(stdout) as { name: string; question: string }[];
    expect(listed).toContainEqual(expect.objectContaining({ name: 'burst', question: expect.stringContaining('?') }));
  });
});
