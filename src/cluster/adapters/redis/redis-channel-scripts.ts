import { REMEMBERED_IDS } from '../../ports/channel-bus.ts';

/** A room that has been silent for longer is recalled from the store, s. */
const KEPT_S = 3_600;

/**
 * Keys: `chat:numbers:ROOM`, a hash of message id → number, with the room's counter at the empty id; when it has grown to
 * `REMEMBERED_IDS`, it becomes `chat:numbers-before:ROOM` and a new one begins. A room without the first has no counter.
 */
const LIBRARY = `
local function keysOf(room) return 'chat:numbers:' .. room, 'chat:numbers-before:' .. room end
`;

/**
 * Numbers and publishes. ARGV: for each message its channels with blanks between them, room, id, sender's connection, head, tail.
 * A payload is \`number TAB connection TAB frame\`.
 */
export const PUBLISH = `${LIBRARY}
local numbers = {}
for i = 1, #ARGV, 6 do
  local channels, room, id = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local key, before = keysOf(room)
  local seq = 0
  if redis.call('HEXISTS', key, '') == 1 then
    seq = tonumber(redis.call('HGET', key, id) or redis.call('HGET', before, id) or 0)
    if seq == 0 then
      seq = redis.call('HINCRBY', key, '', 1)
      if seq % ${REMEMBERED_IDS} == 0 then
        redis.call('RENAME', key, before)
        redis.call('HDEL', before, '')
        redis.call('HSET', key, '', seq)
      end
      redis.call('HSET', key, id, seq)
      redis.call('EXPIRE', key, ${KEPT_S})
      redis.call('EXPIRE', before, ${KEPT_S})
    end
    local payload = seq .. '\\t' .. ARGV[i + 3] .. '\\t' .. ARGV[i + 4] .. seq .. ARGV[i + 5]
    for channel in string.gmatch(channels, '[^ ]+') do redis.call('PUBLISH', channel, payload) end
  end
  numbers[#numbers + 1] = seq
end
return numbers`;

/** ARGV: for each room its name, last number, how many ids are forgotten, these, how many are known, id and number of these. */
export const RECALL = `${LIBRARY}
local i = 1
local function take() i = i + 1; return ARGV[i - 1] end
while i <= #ARGV do
  local key, before = keysOf(take())
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
