/** What has been made of a few objects, by their identity, of which most often there is one. Looked up without allocation. */
export class MadeOf<Key extends object, Made> {
  #key: Key | null = null;
  #made: Made | undefined = undefined;
  #others: Map<Key, Made> | null = null;

  /** Undefined: nothing has been made of it yet. */
  get(key: Key): Made | undefined {
    return key === this.#key ? this.#made : this.#others?.get(key);
  }

  keep(key: Key, made: Made): Made {
    if (this.#key === null) {
      this.#key = key;
      this.#made = made;
    } else {
      this.#others ??= new Map();
      this.#others.set(key, made);
    }
    return made;
  }
}
