/** Routing entries as they are kept for the whole cluster, each change of them counted. */
export interface RouteSource {
  /** The gateways of each room, and the number of changes so far, both of the same instant. */
  lookUp(rooms: readonly string[]): Promise<RouteSnapshot>;
  /** Settles when every later change is told, in their order; a change that happened just before may be told as well. */
  watch(listener: RouteChangeListener): Promise<void>;
  close(): Promise<void>;
}

export interface RouteSnapshot {
  /** Grows with every change, also over a loss of all entries; 0: there are none. */
  readonly epoch: number;
  readonly routes: readonly (readonly string[])[];
}

export interface RouteChangeListener {
  /** The change with this number was to this room. */
  changed(epoch: number, room: string): void;
  /** Changes may have been missed. */
  interrupted(): void;
}
