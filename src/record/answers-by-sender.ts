import type { Answers, Audience } from './audience.ts';

/** What the server does with the messages of each client. */
export class AnswersBySender {
  readonly #all: Answers;
  /** By group; null: all are alike. */
  readonly #byGroup: readonly Answers[] | null;
  readonly #groupOf: Uint8Array | null;

  constructor(audience: Audience) {
    this.#all = audience;
    this.#byGroup = audience.byGroup?.map((one) => one ?? audience) ?? null;
    this.#groupOf = audience.groups?.groupOf ?? null;
  }

  to(sender: number): Answers {
    return this.#byGroup === null ? this.#all : this.#byGroup[this.#groupOf![sender]!]!;
  }

  /** To the messages of a group; null: of those that are known to be of none. */
  toGroup(group: number | null): Answers {
    return this.#byGroup === null || group === null ? this.#all : this.#byGroup[group]!;
  }
}
