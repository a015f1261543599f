import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeExperiment } from '../../result/experiment-file.ts';
import { writeResult } from '../../result/result-file.ts';
import { experimentFixture, stepFixture } from '../../testing/experiment-fixture.ts';
import { writeRepeatFixture } from '../../testing/repeat-fixture.ts';
import { runCommand } from '../../testing/run-command.ts';
import { runInProcess } from '../../testing/run-in-process.ts';
import { smallResult } from '../../testing/small-result.ts';

let directory: string;
let report: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'chatbench-open-'));
  report = join(directory, 'report.html');
  await writeResult(directory, smallResult());
  // Already rendered: what is tested is the opening.
  writeFileSync(report, '<!doctype html>');
});
afterAll(() => rmSync(directory, { recursive: true }));

it('prints the path of the report where there is no screen', async () => {
  const env = { DISPLAY: '', WAYLAND_DISPLAY: '', PATH: directory };
  expect(await runCommand(['open', directory], { env })).toEqual({ stdout: `${report}\n`, stderr: '', exitCode: 0 });
});

it.runIf(process.platform === 'linux')('opens it in the browser where there is one', async () => {
  const opened = join(directory, 'opened');
  writeFileSync(
    join(directory, 'xdg-open'),
    `#!/bin/sh\nprintf %s "$1" > ${opened}.tmp && mv ${opened}.tmp ${opened}\n`,
  );
  chmodSync(join(directory, 'xdg-open'), 0o755);
  const env = { DISPLAY: ':0', PATH: `${directory}${delimiter}${process.env.PATH}` };
  expect((await runCommand(['open', directory], { env })).exitCode).toBe(0);
  await expect.poll(() => existsSync(opened), { timeout: 10_000 }).toBe(true);
  expect(readFileSync(opened, 'utf8')).toBe(report);
});

it('says that there is no run in a directory', async () => {
  const { stderr, exitCode } = await runInProcess(['open', join(directory, 'nothing')]);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^error: .*nothing\/result\.json: no such file\nhint: /);
});

it('renders the page of an experiment where it is missing', async () => {
  const path = join(directory, 'experiment');
  mkdirSync(path);
  await writeExperiment(path, experimentFixture([stepFixture(100, 2), stepFixture(200, 9)]));
  const env = { DISPLAY: '', WAYLAND_DISPLAY: '', PATH: directory };
  expect(await runInProcess(['open', path], { env })).toMatchObject({
    stdout: `${join(path, 'report.html')}\n`,
    exitCode: 0,
  });
  expect(readFileSync(join(path, 'report.html'), 'utf8')).toContain('<title>chatbench experiment</title>');
});

it('renders the report of a repeat, all its trials together, where it is missing', async () => {
  const path = join(directory, 'repeat');
  await writeRepeatFixture(path, ['one', 'two']);
  const env = { DISPLAY: '', WAYLAND_DISPLAY: '', PATH: directory };
  expect(await runInProcess(['open', path], { env })).toEqual({
    stdout: `${join(path, 'report.html')}\n`,
    stderr: '',
    exitCode: 0,
  });
  expect(existsSync(join(path, 'report.html'))).toBe(true);
});
