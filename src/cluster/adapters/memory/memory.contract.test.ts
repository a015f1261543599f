import { describeAttemptLog } from '../../../testing/contracts/attempt-log-contract.ts';
import {
  describeDeviceCursors,
  describeSessions,
  describeUserPresence,
} from '../../../testing/contracts/device-state-contracts.ts';
import { describeGatewayBus } from '../../../testing/contracts/gateway-bus-contract.ts';
import { describeLock } from '../../../testing/contracts/lock-contract.ts';
import { describeMessageHistory } from '../../../testing/contracts/message-history-contract.ts';
import { CONTRACT_PARTITIONS, describeMessageQueue } from '../../../testing/contracts/message-queue-contract.ts';
import { describeMessageStore } from '../../../testing/contracts/message-store-contract.ts';
import { describeRateLimiter } from '../../../testing/contracts/rate-limiter-contract.ts';
import { describeRoomRouting } from '../../../testing/contracts/room-routing-contract.ts';
import { SESSION_TTL_MS } from '../../ports/devices.ts';
import { createMemoryAttempts } from './memory-attempts.ts';
import { createMemoryBus } from './memory-bus.ts';
import { createMemoryDeviceCursors } from './memory-device-cursors.ts';
import { createMemoryLock } from './memory-lock.ts';
import { MemoryQueue } from './memory-queue.ts';
import { createMemoryRateLimiter } from './memory-rate-limiter.ts';
import { createMemoryRouting } from './memory-routing.ts';
import { createMemorySessions } from './memory-sessions.ts';
import { createMemoryStore } from './memory-store.ts';
import { createMemoryUserPresence } from './memory-user-presence.ts';

const queue = new MemoryQueue(CONTRACT_PARTITIONS);
const store = createMemoryStore();
const routing = createMemoryRouting();
const bus = createMemoryBus();

describeMessageQueue('memory', () => ({
  openPublisher: async () => queue.openPublisher(),
  openConsumer: async (prefetch) => queue.openConsumer(prefetch),
  countDeadLetters: async () => queue.deadLetters.length,
}));
describeMessageStore('memory', () => store);
const attempts = createMemoryAttempts();
describeAttemptLog('memory', () => attempts);
describeRoomRouting('memory', () => routing);
describeGatewayBus(
  'memory',
  () => bus,
  async () => bus,
);
describeRateLimiter('memory', createMemoryRateLimiter);
const lock = createMemoryLock();
describeLock('memory', () => lock);
const cursors = createMemoryDeviceCursors();
describeDeviceCursors('memory', () => cursors);
let nowMs = 0;
const sessions = createMemorySessions(SESSION_TTL_MS, () => nowMs);
describeSessions(
  'memory',
  () => sessions,
  async (ms) => {
    nowMs += ms;
  },
);
describeUserPresence('memory', createMemoryUserPresence);
describeMessageHistory(
  'memory',
  () => store,
  () => store,
);
