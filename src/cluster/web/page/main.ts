import { directRoomOf, usersOfDirectRoom } from '../../wire/direct-room.ts';
import type { MessageFrame, ServerFrame } from '../../wire/server-frame.ts';
import { listLegs } from './list-legs.ts';

/** A message as it is shown: one of one's own has neither number nor hops until others would have them. */
type Shown = Pick<MessageFrame, 'id' | 'room' | 'from' | 'body'> & { readonly hops?: string };

interface Room {
  readonly list: HTMLElement;
  readonly tab: HTMLButtonElement;
  /** Of the messages that are there: a repetition is none. */
  readonly items: Map<string, HTMLElement>;
  /** The highest number that has come. */
  last: number;
  hasHistory: boolean;
}

const HISTORY = 50;
const TYPING_MS = 3_000;
/** The device has connected elsewhere: whoever is closed so stays away. */
const TAKEN_OVER = 4009;

const at = <Kind extends HTMLElement = HTMLElement>(id: string) => document.getElementById(id) as Kind;
const typed = (id: string) => at<HTMLInputElement>(id).value.trim();
const device = [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16)).join('');
const rooms = new Map<string, Room>();
const people = new Map<string, HTMLElement>();
/** Sent and not confirmed yet: said again on the next connection, where a repetition is harmless. */
const unconfirmed = new Map<string, object>();
let socket: WebSocket | null = null;
let session = '';
let current = '';
let sent = 0;
let heartbeat = 0;
let typingTold = 0;
let typingShown = 0;

function say(frame: object): void {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
}

function connect(): void {
  const query = new URLSearchParams({ user: typed('user'), device, session });
  if (typed('token') !== '') query.set('token', typed('token'));
  socket = new WebSocket(`${location.origin.replace('http', 'ws')}/ws?${query}`);
  socket.onmessage = ({ data }) => take(JSON.parse(data) as ServerFrame);
  socket.onclose = ({ code, reason }) => {
    clearInterval(heartbeat);
    at('state').textContent = code === TAKEN_OVER ? 'connected elsewhere' : `not connected (${reason || code})`;
    // Not all at once: a gateway that has gone leaves many behind.
    if (code !== TAKEN_OVER) setTimeout(connect, 200 + Math.random() * 800);
  };
}

function take(frame: ServerFrame): void {
  if (frame.t === 'session') resume(frame.id, frame.gateway, frame.rooms);
  else if (frame.t === 'message') receive(frame);
  else if (frame.t === 'ack') confirm(frame.id, frame.hops);
  else if (frame.t === 'synced') void readHistory(frame.room, frame.seq);
  else if (frame.t === 'notice') meet(frame.user);
  else if (frame.t === 'presence') at('people').append(describePerson(frame.user, frame.online));
  else if (frame.t === 'typing') showTyping(frame.room, frame.user);
  else if (frame.t === 'rate_limited') setTimeout(() => say(unconfirmed.get(frame.id) ?? {}), frame.retryAfterMs);
  else if (frame.t === 'error') at('trouble').textContent = `${frame.code}: ${frame.text}`;
}

function resume(id: string, gateway: string, known: readonly string[]): void {
  session = id;
  at('state').textContent = `connected to ${gateway}`;
  at('trouble').textContent = '';
  for (const [name, { last }] of rooms) if (!known.includes(name)) follow(name, last);
  for (const frame of unconfirmed.values()) say(frame);
  for (const user of people.keys()) say({ t: 'watch', user });
  clearInterval(heartbeat);
  say({ t: 'heartbeat' });
  heartbeat = window.setInterval(() => say({ t: 'heartbeat' }), 10_000);
}

/** @param last the number from which on it is wanted; 0: from now on, and what was before is read once */
function follow(name: string, last: number): void {
  if (usersOfDirectRoom(name) === null) say({ t: 'join', room: name, notices: true });
  say({ t: 'sync', room: name, after: last === 0 ? null : last });
}

function openRoom(name: string): Room {
  const known = rooms.get(name);
  if (known !== undefined) return known;
  const list = document.createElement('ol');
  const tab = document.createElement('button');
  const other = usersOfDirectRoom(name)?.find((user) => user !== typed('user')) ?? null;
  tab.textContent = other === null ? name : `@${other}`;
  tab.onclick = () => show(name);
  list.hidden = true;
  at('rooms').append(tab);
  at('lists').append(list);
  const room: Room = { list, tab, items: new Map(), last: 0, hasHistory: false };
  rooms.set(name, room);
  if (other !== null) meet(other);
  follow(name, 0);
  return room;
}

function show(name: string): void {
  current = name;
  for (const [one, { list, tab }] of rooms) {
    list.hidden = one !== name;
    tab.setAttribute('aria-pressed', String(one === name));
    if (one === name) tab.classList.remove('unread');
  }
  at('typing').textContent = '';
  at('lists').scrollTop = at('lists').scrollHeight;
}

function receive(message: MessageFrame): void {
  const room = openRoom(message.room);
  room.last = Math.max(room.last, message.seq);
  say({ t: 'cursor', room: message.room, seq: room.last });
  meet(message.from);
  if (add(room, message) === null) return;
  if (message.room === current) at('typing').textContent = '';
  else room.tab.classList.add('unread');
}

/** Null where it is there already. */
function add(room: Room, { id, from, body, hops }: Shown, before: Node | null = null): HTMLElement | null {
  if (room.items.has(id)) return null;
  const item = document.createElement('li');
  const name = document.createElement('b');
  name.textContent = from;
  const legs = document.createElement('small');
  legs.textContent = listLegs('message', hops);
  item.append(name, ' ', body, legs);
  room.items.set(id, item);
  room.list.insertBefore(item, before);
  at('lists').scrollTop = at('lists').scrollHeight;
  return item;
}

function confirm(id: string, hops?: string): void {
  unconfirmed.delete(id);
  for (const { items } of rooms.values()) {
    const item = items.get(id);
    item?.classList.remove('pending');
    if (item?.lastElementChild) item.lastElementChild.textContent = listLegs('ack', hops);
  }
}

async function readHistory(name: string, seq: number): Promise<void> {
  const room = openRoom(name);
  room.last = Math.max(room.last, seq);
  if (room.hasHistory || seq === 0) return;
  room.hasHistory = true;
  const after = String(Math.max(0, seq - HISTORY));
  const query = new URLSearchParams({ after, limit: String(HISTORY), user: typed('user') });
  if (typed('token') !== '') query.set('token', typed('token'));
  const first = room.list.firstChild;
  const response = await fetch(`/rooms/${encodeURIComponent(name)}/messages?${query}`);
  const { messages = [] } = (await response.json()) as { messages?: readonly Omit<Shown, 'room'>[] };
  for (const message of messages) {
    add(room, { ...message, room: name }, first);
    meet(message.from);
  }
}

function meet(user: string): void {
  if (people.has(user)) return;
  people.set(user, document.createElement('li'));
  say({ t: 'watch', user });
}

function describePerson(user: string, isOnline: boolean): HTMLElement {
  const item = people.get(user) ?? document.createElement('li');
  item.textContent = `${user}: ${isOnline ? 'online' : 'away'}`;
  return item;
}

function showTyping(room: string, user: string): void {
  if (room !== current) return;
  at('typing').textContent = `${user} is typing …`;
  clearTimeout(typingShown);
  typingShown = window.setTimeout(() => {
    at('typing').textContent = '';
  }, TYPING_MS);
}

function send(body: string): void {
  const id = `${device}-${++sent}`;
  const users = usersOfDirectRoom(current);
  const to = users?.find((user) => user !== typed('user')) ?? typed('user');
  const frame = users === null ? { t: 'send', id, room: current, body } : { t: 'direct', id, to, body };
  unconfirmed.set(id, frame);
  add(openRoom(current), { id, room: current, from: typed('user'), body })?.classList.add('pending');
  say(frame);
}

function onSubmit(form: string, act: () => void): void {
  at(form).onsubmit = (event) => {
    event.preventDefault();
    act();
  };
}

onSubmit('login', () => {
  at('login').hidden = true;
  at('chat').hidden = false;
  connect();
});
onSubmit('open', () => {
  const name = typed('room');
  const room = name.startsWith('@') ? directRoomOf(typed('user'), name.slice(1)) : name;
  if (room !== null) openRoom(room);
  if (room !== null) show(room);
  at<HTMLInputElement>('room').value = '';
});
onSubmit('send', () => {
  if (current !== '') send(at<HTMLInputElement>('body').value);
  at<HTMLInputElement>('body').value = '';
});
at('body').oninput = () => {
  if (current === '' || Date.now() - typingTold < 1_000) return;
  typingTold = Date.now();
  say({ t: 'typing', room: current });
};
