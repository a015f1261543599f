import { REMEMBERED_IDS } from '../../ports/channel-bus.ts';

/** A room that has been silent for longer is recalled from the store, s. */
export const KEPT_S = 3_600;

/**
 * The two keys of a room. The first is a hash of message id → number, with the room's counter at the empty id; when it has grown to
 * `REMEMBERED_IDS`, it becomes the second, and a new one begins. A room without the first has no counter. Those of all rooms are in one
 * slot of a Redis Cluster: a step numbers messages of several.
 */
export function numberKeysOf(room: string): readonly [numbers: string, before: string] {
  return [`{chat}:numbers:${room}`, `{chat}:numbers-before:${room}`];
}

/** Arguments of `PUBLISH` for each message. */
const PUBLISH_ARGUMENTS = 6;

/**
 * Numbers and publishes. KEYS: for each message those of its room. ARGV: for each message its channels with blanks between them, id,
 * sender's connection, head, tail, and 1 where its room's life is to be prolonged, else 0. A payload is `number TAB connection TAB frame`.
 *
 * What begins a key gives it its life: the hash that follows on a full one here, the first one of a room in `RECALL`.
 */
export const PUBLISH = `
local numbers = {}
for i = 1, #ARGV / ${PUBLISH_ARGUMENTS} do
  local key, before = KEYS[2 * i - 1], KEYS[2 * i]
  local at = (i - 1) * ${PUBLISH_ARGUMENTS}
  local id = ARGV[at + 2]
  local seq = 0
  local held = redis.call('HMGET', key, '', id)
  if held[1] then
    seq = tonumber(held[2] or redis.call('HGET', before, id) or 0)
    if seq == 0 then
      seq = held[1] + 1
      if seq % ${REMEMBERED_IDS} == 0 then
        redis.call('RENAME', key, before)
        redis.call('HDEL', before, '')
        redis.call('HSET', key, '', seq, id, seq)
        redis.call('EXPIRE', key, ${KEPT_S})
      else
        redis.call('HSET', key, '', seq, id, seq)
      end
    end
    if ARGV[at + 6] == '1' then
      redis.call('EXPIRE', key, ${KEPT_S})
      redis.call('EXPIRE', before, ${KEPT_S})
    end
    local payload = seq .. '\\t' .. ARGV[at + 3] .. '\\t' .. ARGV[at + 4] .. seq .. ARGV[at + 5]
    for channel in string.gmatch(ARGV[at + 1], '[^ ]+') do redis.call('PUBLISH', channel, payload) end
  end
  numbers[i] = seq
end
return numbers`;

/**
 * KEYS: for each room its two. ARGV: for each room its last number, how many ids are forgotten, these, how many are known, id and number
 * of these.
 */
export const RECALL = `
local i = 1
local function take() i = i + 1; return ARGV[i - 1] end
for k = 1, #KEYS, 2 do
  local key, before = KEYS[k], KEYS[k + 1]
  local last = tonumber(take())
  for _ = 1, tonumber(take()) do
    local id = take()
    redis.call('HDEL', key, id)
    redis.call('HDEL', before, id)
  end
  for _ = 1, tonumber(take()) do
    local id = take()
    redis.call('HSETNX', key, id, take())
  end
  local held = tonumber(redis.call('HGET', key, '') or 0)
  redis.call('HSET', key, '', math.max(last, held))
  redis.call('EXPIRE', key, ${KEPT_S})
end`;
