import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchTarget } from '../../launch/launch-target.ts';
import type { RunningTarget } from '../../launch/running-target.ts';
import { findBarriers, launchBrowser, VIEWS, type WatchedPage, watchPage } from '../../testing/open-browser-page.ts';

/** Least connections first: of two who come, each gets a gateway of its own. */
const COMPOSITION = { kind: 'local', topology: 'worker', gateways: 2, workers: 1, balance: 'least-conn' } as const;

let browser: Browser;
let target: RunningTarget;
let address: string;

beforeAll(async () => {
  browser = await launchBrowser();
  target = await launchTarget(COMPOSITION, { attach: false, keepPorts: true });
  address = new URL('/', target.endpoints[0]!.replace(/^ws/, 'http')).href;
});
afterAll(async () => {
  await browser?.close();
  await target?.stop();
});

async function connect(user: string): Promise<WatchedPage> {
  const watched = await watchPage(browser);
  const { page } = watched;
  await page.goto(address);
  await page.getByLabel('Your name').fill(user);
  await page.getByRole('button', { name: 'Connect' }).click();
  await page.locator('#state', { hasText: /^connected to gateway-[12]$/ }).waitFor();
  return watched;
}

async function openRoom(page: Page, name: string): Promise<void> {
  await page.getByLabel('Room, or @user').fill(name);
  await page.getByRole('button', { name: 'Open' }).click();
}

async function say(page: Page, text: string): Promise<void> {
  await page.getByLabel('Message', { exact: true }).fill(text);
  await page.getByRole('button', { name: 'Send' }).click();
}

function readState(page: Page): Promise<string | null> {
  return page.locator('#state').textContent();
}

/** What is shown of the current room, by whom, in order. */
function readMessages(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(
    `[...document.querySelectorAll('#lists ol:not([hidden]) li')].map((item) =>
      [...item.childNodes].slice(0, 3).map((node) => node.textContent).join(''))`,
  );
}

function readPeople(page: Page): Promise<string[]> {
  return page.locator('#people li').allTextContents();
}

describe('two pages on two gateways', () => {
  let ann: WatchedPage;
  let bob: WatchedPage;

  beforeAll(async () => {
    ann = await connect('ann');
    await openRoom(ann.page, 'tea');
    bob = await connect('bob');
    await openRoom(bob.page, 'tea');
  });
  afterAll(async () => {
    await ann?.page.close();
    await bob?.page.close();
  });

  it('are told where they are, and who has come', async () => {
    const gateways = [await readState(ann.page), await readState(bob.page)];
    expect(gateways.sort()).toEqual(['connected to gateway-1', 'connected to gateway-2']);
    await expect.poll(() => readPeople(ann.page)).toContain('bob: online');
  });

  it('see what the other types and says, and where each message has been', async () => {
    await ann.page.getByLabel('Message', { exact: true }).pressSequentially('he');
    await expect.poll(() => bob.page.locator('#typing').textContent()).toBe('ann is typing …');
    await say(ann.page, 'hello <b>bob</b>');
    await expect.poll(() => readMessages(bob.page)).toEqual(['ann hello <b>bob</b>']);
    await say(bob.page, 'hello ann');
    await expect.poll(() => readMessages(ann.page)).toEqual(['ann hello <b>bob</b>', 'bob hello ann']);
    const legs = bob.page.locator('#lists li small').first();
    await expect
      .poll(() => legs.textContent())
      .toMatch(/^gateway \d+\.\d ms · queue .* · back to a gateway \d+\.\d ms$/);
    // One's own message tells what its acknowledgement took.
    await expect
      .poll(() => bob.page.locator('#lists li small').last().textContent())
      .toMatch(/confirmed by the broker \d/);
    await expect.poll(() => readPeople(bob.page)).toContain('ann: online');
  });

  it('speak to each other alone', async () => {
    await openRoom(ann.page, '@bob');
    await say(ann.page, 'between us');
    const tab = bob.page.getByRole('button', { name: '@ann' });
    await tab.click();
    await expect.poll(() => readMessages(bob.page)).toEqual(['ann between us']);
    await say(bob.page, 'sure');
    await expect.poll(() => readMessages(ann.page)).toEqual(['ann between us', 'bob sure']);
  });

  it('miss nothing and see nothing twice when a gateway is killed, in rooms and between the two', async () => {
    const killed = (await readState(ann.page))!.replace('connected to ', '');
    const lost = ann.page.locator('#state', { hasText: 'not connected' }).waitFor();
    await target.faults!.kill(killed);
    await lost;
    await say(bob.page, 'are you there?');
    await say(ann.page, 'I am away');
    await bob.page.getByRole('button', { name: 'tea' }).click();
    await say(bob.page, 'one');
    await say(bob.page, 'two');
    await expect.poll(() => readState(ann.page)).toMatch(/^connected to gateway-/);
    await say(bob.page, 'three');
    const direct = ['ann between us', 'bob sure', 'bob are you there?', 'ann I am away'];
    await expect.poll(async () => (await readMessages(ann.page)).sort()).toEqual([...direct].sort());
    await ann.page.getByRole('button', { name: 'tea' }).click();
    const tea = ['ann hello <b>bob</b>', 'bob hello ann', 'bob one', 'bob two', 'bob three'];
    await expect.poll(() => readMessages(ann.page)).toEqual(tea);
    await expect.poll(() => readMessages(bob.page)).toEqual(tea);
    await bob.page.getByRole('button', { name: '@ann' }).click();
    await expect.poll(async () => (await readMessages(bob.page)).sort()).toEqual([...direct].sort());
    expect(await ann.page.locator('li.pending').count()).toBe(0);
    // What is said last comes after every repetition.
    await ann.page.getByRole('button', { name: '@bob' }).click();
    await say(ann.page, 'last');
    await expect.poll(async () => (await readMessages(bob.page)).sort()).toEqual([...direct, 'ann last'].sort());
    expect((await readMessages(ann.page)).sort()).toEqual([...direct, 'ann last'].sort());
  });

  it('load nothing from elsewhere, and complain of nothing but the gateway that was killed', () => {
    for (const { requests, noises } of [ann, bob]) {
      for (const url of requests) expect(url.replace(/^ws/, 'http')).toMatch(new RegExp(`^${address}`));
      expect(noises.filter((noise) => !/WebSocket connection to/.test(noise))).toEqual([]);
    }
  });
});

it('somebody who comes later reads what was said before', async () => {
  const { page } = await connect('cid');
  await openRoom(page, 'tea');
  await expect.poll(() => readMessages(page)).toContain('bob three');
  expect((await readMessages(page))[0]).toBe('ann hello <b>bob</b>');
  await page.close();
});

it('what comes over the wire is text, whatever it looks like, and no script but its own runs', async () => {
  const { page } = await connect('eve');
  await openRoom(page, 'attic');
  await say(page, '<img src=x onerror="document.title = 1">');
  await expect.poll(() => readMessages(page)).toEqual(['eve <img src=x onerror="document.title = 1">']);
  expect(await page.locator('#lists img').count()).toBe(0);
  const isRun = await page.evaluate<boolean>(`(() => {
    const script = document.createElement('script');
    script.textContent = 'document.title = "run"';
    document.body.append(script);
    return document.title === 'run';
  })()`);
  expect(isRun).toBe(false);
  await page.close();
});

it('its policy is said in the answer, too', async () => {
  const response = await fetch(address);
  expect(response.headers.get('content-security-policy')).toMatch(
    /^default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'; connect-src 'self'; .*frame-ancestors 'none'$/,
  );
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
});

it.each(VIEWS)('can be read on $name', async ({ name: _, ...view }) => {
  const { page } = await watchPage(browser, view);
  await page.goto(address);
  expect(await findBarriers(page)).toEqual([]);
  await page.getByLabel('Your name').fill('dan');
  await page.getByRole('button', { name: 'Connect' }).click();
  await openRoom(page, 'tea');
  await expect.poll(() => readMessages(page)).toContain('bob three');
  expect(await findBarriers(page)).toEqual([]);
  await page.close();
});
