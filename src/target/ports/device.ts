/** One of a user's devices: what a connection presents itself as. */
export interface Device {
  readonly user: string;
  readonly device: string;
}
