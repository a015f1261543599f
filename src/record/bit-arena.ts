/**
 * Sets of small whole numbers, a bit each, in a few pieces of memory. A set is taken for as many numbers as its owner needs and
 * given back, so that memory is that of the most sets that were out at once, each rounded up to a power of two. Pages are
 * added and never copied: growing costs no pause.
 */
export class BitArena {
  readonly #pages: Uint32Array[] = [];
  /** Sets that were given back, by the binary logarithm of their words. */
  readonly #free: number[][] = Array.from({ length: 32 }, () => []);
  #page = -1;
  #usedWords = PAGE_WORDS;

  /** @returns the empty set of numbers below `size`; it must be given back with the same size */
  take(size: number): number {
    const logWords = logWordsOf(size);
    return this.#free[logWords]!.pop() ?? this.#add(2 ** logWords);
  }

  giveBack(set: number, size: number): void {
    const logWords = logWordsOf(size);
    const page = this.#pages[set >>> PAGE_BITS]!;
    const at = set & PAGE_MASK;
    if (logWords === 0) page[at] = 0;
    else page.fill(0, at, at + 2 ** logWords);
    this.#free[logWords]!.push(set);
  }

  /** False where the number was in the set before. */
  add(set: number, number: number): boolean {
    const page = this.#pages[set >>> PAGE_BITS]!;
    const at = (set & PAGE_MASK) + (number >>> 5);
    const bit = 1 << (number & 31);
    const before = page[at]!;
    if ((before & bit) !== 0) return false;
    page[at] = before | bit;
    return true;
  }

  has(set: number, number: number): boolean {
    const word = this.#pages[set >>> PAGE_BITS]![(set & PAGE_MASK) + (number >>> 5)]!;
    return (word & (1 << (number & 31))) !== 0;
  }

  /** Bytes of all pages. */
  get bytes(): number {
    return this.#pages.reduce((sum, page) => sum + page.byteLength, 0);
  }

  #add(words: number): number {
    if (this.#usedWords + words > PAGE_WORDS) {
      // A set that is larger than a page has one of its own, at whose beginning it lies.
      this.#page = this.#pages.push(new Uint32Array(Math.max(words, PAGE_WORDS))) - 1;
      this.#usedWords = 0;
    }
    const set = this.#page * PAGE_WORDS + this.#usedWords;
    this.#usedWords += words;
    return set;
  }
}

/** 64 KB a page; sets are numbered below 2^32, which is 16 GB of them. */
const PAGE_BITS = 14;
const PAGE_WORDS = 2 ** PAGE_BITS;
const PAGE_MASK = PAGE_WORDS - 1;

/** log2 of the 32-bit words that `size` numbers need, rounded up. */
function logWordsOf(size: number): number {
  return size <= 32 ? 0 : 32 - Math.clz32((size - 1) >>> 5);
}
