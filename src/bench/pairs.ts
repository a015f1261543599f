/** As many rooms of two as anybody asks for: what the books have to know of a plan. */
export const PAIRS = {
  largestRoom: 2,
  sizeOf: () => 2,
  firstSeatOf: (room: number) => room * 2,
  roomOf: (seat: number) => seat >>> 1,
};
