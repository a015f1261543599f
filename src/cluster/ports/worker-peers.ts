/**
 * How workers tell each other that they are there. What is heard decides who should serve what; who serves what is the
 * queue's to say, so that a notice that is late or lost costs evenness for a while, and neither order nor messages.
 */
export interface WorkerPeers {
  /** Tells every worker, this one included; nobody while the link is broken. */
  tell(notice: string): void;
  /** Called for every notice of every worker. To be set before the first notice is expected. */
  onTold(listener: (notice: string) => void): void;
  /** Called each time the places in the lines of all partitions were taken anew, since the link had broken. */
  onSeated(listener: () => void): void;
}
