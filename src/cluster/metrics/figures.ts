/** What a figure of `/stats` is called in Prometheus. */
export interface FigureMetric {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
}

/** Figures of gateways and workers by their names in `/stats`; one that is missing here is exposed under its own name. */
export const FIGURES: Readonly<Record<string, FigureMetric>> = {
  connections: gauge('websocket_connections', 'Clients that are connected'),
  subscriptions: gauge('websocket_subscriptions', 'Memberships in rooms of all connected clients together'),
  rooms: gauge('chat_rooms', 'Rooms with a member at this gateway'),
  pubsubMessages: counter('redis_pubsub_messages_total', 'Messages taken from, or handed to, Redis pub/sub'),
  sent: counter('chat_messages_taken_total', 'Messages taken from clients'),
  acked: counter('chat_messages_acknowledged_total', 'Messages acknowledged to their senders'),
  delivered: counter('chat_deliveries_total', 'Frames written to recipients'),
  refused: counter('chat_frames_refused_total', 'Frames of clients that were answered with an error'),
  slowConsumersClosed: counter('chat_slow_consumers_closed_total', 'Clients closed because they did not keep up'),
  registered: gauge(
    'chat_gateway_registered',
    'Whether messages find this gateway: 0 while Redis lacks its rooms and they are being registered again',
  ),
  heldBack: counter(
    'chat_connections_held_back_total',
    'How often a client was read no further because it sent more than its share',
  ),
  shareUnits: gauge('chat_connection_share_units', 'Frames and KiB a second that one connection may send now'),
  floodsClosed: counter(
    'chat_floods_closed_total',
    'Clients closed because they went on sending more than their share',
  ),
  replaced: counter('chat_connections_replaced_total', 'Clients closed because their device had connected anew'),
  deadClosed: counter('chat_dead_clients_closed_total', 'Clients closed because they answered no ping'),
  published: counter('chat_published_total', 'Messages handed to the queue, repetitions included'),
  entries: counter('chat_entries_total', 'Entries of the queue that messages were handed over in'),
  notified: counter('chat_notified_total', 'Unstored frames handed over'),
  rateLimited: counter('chat_rate_limited_total', 'Messages refused because their senders had used up their quota'),
  renumbered: counter('chat_renumbered_total', 'Messages that were given another number because theirs was taken'),
  outbox: gauge('chat_outbox_messages', 'Messages that the broker has not confirmed yet'),
  republished: counter('chat_republished_total', 'Messages published again after a broken link'),
  blocked: gauge('chat_publisher_blocked', 'Whether the broker holds publishers back: 1 or 0'),
  inFlight: gauge('chat_in_flight_messages', 'Messages received from the queue and not acknowledged yet'),
  processed: counter('chat_messages_processed_total', 'Messages stored and passed on'),
  batches: counter('chat_batches_total', 'Batches stored and passed on'),
  redelivered: counter('chat_redelivered_total', 'Messages that the queue handed out again'),
  redeliveredEntries: counter('chat_redelivered_entries_total', 'Entries of the queue that it handed out again'),
  retries: counter('chat_retries_total', 'Repeated tries to store'),
  deadLettered: counter('chat_dead_lettered_total', 'Messages moved to the dead letters'),
  parcels: counter('chat_parcels_total', 'Parcels handed to gateways, each with all frames of a batch for one of them'),
  busMessages: counter('chat_bus_messages_total', 'Parcels taken from the broker that leads to the gateways'),
  routeCacheHits: counter('chat_route_cache_hits_total', 'Rooms whose gateways a worker remembered'),
  routeCacheMisses: counter('chat_route_cache_misses_total', 'Rooms whose gateways a worker had to look up'),
  routeCacheBehind: counter(
    'chat_route_cache_behind_total',
    'Rooms that were looked up because memory lacked a change that had happened',
  ),
  notificationsDropped: counter(
    'chat_notifications_dropped_total',
    'Unstored frames that were dropped: too many waited, or a link was broken',
  ),
  unheard: counter(
    'chat_unheard_total',
    'Parcels that no gateway listened to, and messages to rooms that no gateway holds',
  ),
};

function gauge(name: string, help: string): FigureMetric {
  return { name, type: 'gauge', help };
}

function counter(name: string, help: string): FigureMetric {
  return { name, type: 'counter', help };
}

/** "chat_cache_hits" for `cacheHits`: what it is exposed as where it is no known figure. */
export function metricOf(figure: string): FigureMetric {
  const known = FIGURES[figure];
  if (known !== undefined) return known;
  const name = figure.replace(/[^A-Za-z0-9]+/g, '_').replace(/([a-z0-9])([A-Z])/g, '$1_$2');
  return gauge(`chat_${name.toLowerCase()}`, `The figure "${figure}" of /stats`);
}
