import { CookieJar } from 'tough-cookie';
import { columnOf } from '../../placeholders.ts';
import { asHttp } from '../../protocol/as-http.ts';
import type { ClientSession, ReceivedPlace } from '../../protocol/chat-protocol.ts';
import { rememberUserSecret } from '../../redact.ts';
import { cellAt, cellOf, rowOf, type UserTable } from '../../user-table.ts';

/** What one client knows: its row of the file of users, what it was told, and its cookies, each made only once there is something in it. */
export class UserSession implements ClientSession {
  readonly place: ReceivedPlace = { id: null, retryUs: 0 };
  readonly #users: UserTable | null;
  readonly #row: number;
  #captured: Map<string, string> | null = null;
  #cookies: CookieJar | null = null;

  /** All that is secret in its row is one from now on. */
  constructor(users: UserTable | null, client: number) {
    this.#users = users;
    this.#row = users === null ? 0 : rowOf(users, client);
    if (users === null) return;
    for (const [column, isSecret] of users.secret.entries()) {
      if (isSecret) rememberUserSecret(cellAt(users, this.#row, column));
    }
  }

  value(name: string): string | undefined {
    const users = this.#users;
    const column = columnOf(name);
    if (users !== null && column !== null) return cellOf(users, this.#row, column);
    if (name === 'user') return this.#cell(users?.nameColumn ?? -1);
    if (name === 'room') return this.#cell(users?.roomColumn ?? -1);
    return this.#captured?.get(name);
  }

  nameOfRoom(room: number): string | undefined {
    return this.#users?.roomNames?.[room];
  }

  capture(name: string, value: string): void {
    this.#captured ??= new Map();
    this.#captured.set(name, value);
    // Who somebody is, a server tells as well as a file does.
    if (value !== this.value('user')) rememberUserSecret(value);
  }

  cookieFor(url: string): string | null {
    return this.#cookies?.getCookieStringSync(asHttp(url)) || null;
  }

  takeCookies(url: string, setCookies: readonly string[]): void {
    for (const text of setCookies) {
      this.#cookies ??= new CookieJar();
      // One that a browser would not take is not taken here either.
      const taken = this.#cookies.setCookieSync(text, asHttp(url), { ignoreError: true });
      if (taken !== undefined) rememberUserSecret(taken.value);
    }
  }

  #cell(column: number): string | undefined {
    return this.#users === null || column < 0 ? undefined : cellAt(this.#users, this.#row, column);
  }
}
