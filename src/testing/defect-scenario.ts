/** Whatever is wrong breaks one of these, and should break no other. Patient with a busy machine: what is tested is not speed. */
export const DEFECT_SCENARIO = `
question: Which of these does not hold?
clients: 40
rooms: { size: 2 }
warmup: 0s
drain: 2s
lateness-budget: 30s
thresholds:
  - delivery.p50 < 30s
  - lost == 0
  - duplicated == 0
  - reordered == 0
  - misrouted == 0
  - rejected == 0
  - rooms.left == 0
`;

/** What is broken all the time shows in so many messages. */
export const STEADY_SCENARIO = `name: steady${DEFECT_SCENARIO}rate: 1000/s\nduration: 1200ms\n`;
