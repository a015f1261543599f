import type { GatewayPath } from '../../ports/gateway-path.ts';
import type { BurstWriter } from '../burst-writer.ts';
import type { Refusals } from '../refusals.ts';
import type { RoomMembers } from '../room-members.ts';
import type { FeaturePorts } from './feature-ports.ts';

/** What the features of one gateway share. */
export interface FeatureContext {
  /** Its id. */
  readonly gateway: string;
  readonly path: GatewayPath;
  readonly members: RoomMembers;
  readonly writer: BurstWriter;
  readonly refusals: Refusals;
  readonly ports: FeaturePorts;
}
