/** The target's own words for them; a scenario chooses by the same. */
export { hasWorkers, QUEUE_TYPES, type QueueType, TOPOLOGIES, type Topology } from '../choices.ts';
