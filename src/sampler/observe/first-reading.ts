/** What a figure between two readings says of its first one: there is nothing yet to compare it with, and nothing is wrong. */
export class FirstReading extends Error {
  constructor() {
    super('there was no reading before it');
  }
}
