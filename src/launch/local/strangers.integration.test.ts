import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signToken } from '../../cluster/wire/user-token.ts';
import { askAs, UPGRADE } from '../../testing/ask-as.ts';
import { describeStrangers } from '../../testing/contracts/strangers-contract.ts';
import { launchTarget } from '../launch-target.ts';
import type { RunningTarget } from '../running-target.ts';

const COMPOSITION = { kind: 'local', topology: 'pubsub', gateways: 1, workers: 0, balance: 'round-robin' } as const;

let target: RunningTarget;

describe('nginx before gateways without tokens', () => {
  beforeAll(async () => {
    target = await launchTarget(COMPOSITION, { attach: false });
  });
  afterAll(() => target.stop());

  describeStrangers(() => target.endpoints[0]!);

  test.each([
    '/stats',
    '/metrics',
    '/health',
    '/healthz',
    '/api/',
    '/rooms/../stats',
    '/rooms/%2e%2e/metrics',
    '//stats',
    '/stats?a=/ws',
    '/ws/../stats',
  ])('keeps %s to itself', async (path) => {
    expect((await askAs(target.endpoints[0]!, { path })).status).toBe(404);
  });

  test('lets nobody notify everyone', async () => {
    const headers = { 'content-type': 'application/json' };
    const notify = async (to: object) => {
      const body = JSON.stringify({ user: 'ann', to, body: 'x' });
      const asking = { method: 'POST', path: '/api/notifications', headers, body };
      return (await askAs(target.endpoints[0]!, asking)).status;
    };
    expect(await notify({ user: 'bob' })).toBe(202);
    expect(await notify({ everyone: true })).toBe(403);
  });
});

describe('nginx before gateways with tokens', () => {
  beforeAll(async () => {
    target = await launchTarget({ ...COMPOSITION, auth: true }, { attach: false });
  });
  afterAll(() => target.stop());

  test('lets in who bears one of the cluster’s own', async () => {
    const connect = async (token: string) => {
      const asking = { path: `/ws?user=ann&device=d0&token=${token}`, headers: UPGRADE };
      return (await askAs(target.endpoints[0]!, asking)).status;
    };
    const token = signToken(target.tokenKey!, 'ann');
    expect(await connect(token)).toBe(101);
    expect(await connect(token.slice(0, token.lastIndexOf('.') + 1))).toBe(401);
    expect(await connect('')).toBe(401);
  });

  test('the figures that chatbench reads are read as an operator', async () => {
    const [stats] = target.gatewayStats;
    expect((await fetch(stats!)).status).toBe(200);
    expect((await fetch(stats!.replace(/\?.*/, ''))).status).toBe(401);
  });
});
