/**
 * Keys: `chat:routes`, a hash of room → comma-separated gateways, so that one HMGET answers for a whole batch;
 * `chat:rooms-of:GATEWAY`, the set of rooms that it holds, so that a dead one can be taken out;
 * `chat:leases`, a sorted set of gateways by the time at which their lease ends;
 * `chat:routes:epoch`, the number of the newest change of a route, each of which is also published with its room. It begins
 * at the time in µs, so that it grows over a loss of everything, too.
 * Each script is one atomic step, or two gateways that join one room at once would overwrite each other.
 */
export const ROUTES_CHANGED = 'chat:routes:changed';

const LIBRARY = `
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function change(room)
  local epoch = redis.call('INCR', 'chat:routes:epoch')
  if epoch == 1 then
    epoch = now() * 1000
    redis.call('SET', 'chat:routes:epoch', string.format('%.0f', epoch))
  end
  redis.call('PUBLISH', '${ROUTES_CHANGED}', string.format('%.0f', epoch) .. ' ' .. room)
end

local function join(gateway, room)
  local held = redis.call('HGET', 'chat:routes', room)
  if not held then
    redis.call('HSET', 'chat:routes', room, gateway)
    change(room)
  elseif not string.find(',' .. held .. ',', ',' .. gateway .. ',', 1, true) then
    redis.call('HSET', 'chat:routes', room, held .. ',' .. gateway)
    change(room)
  end
  redis.call('SADD', 'chat:rooms-of:' .. gateway, room)
end

local function leave(gateway, room)
  local rest = {}
  for other in string.gmatch(redis.call('HGET', 'chat:routes', room) or '', '[^,]+') do
    if other ~= gateway then rest[#rest + 1] = other end
  end
  if #rest == 0 then
    redis.call('HDEL', 'chat:routes', room)
  else
    redis.call('HSET', 'chat:routes', room, table.concat(rest, ','))
  end
  redis.call('SREM', 'chat:rooms-of:' .. gateway, room)
  change(room)
end

local function remove(gateway)
  for _, room in ipairs(redis.call('SMEMBERS', 'chat:rooms-of:' .. gateway)) do leave(gateway, room) end
  redis.call('ZREM', 'chat:leases', gateway)
end
`;

/** ARGV: gateway, room … */
export const JOIN = `${LIBRARY}
for i = 2, #ARGV do join(ARGV[1], ARGV[i]) end`;

/** ARGV: gateway, room */
export const LEAVE = `${LIBRARY}
leave(ARGV[1], ARGV[2])`;

/** ARGV: gateway */
export const REMOVE = `${LIBRARY}
remove(ARGV[1])`;

/**
 * Takes out every gateway whose lease has ended, and renews the caller's. Yields 1 where it was still held, 0 where the
 * caller had been taken out (or never was in). ARGV: gateway, length of the lease in ms.
 */
export const RENEW = `${LIBRARY}
local held = redis.call('ZSCORE', 'chat:leases', ARGV[1]) and 1 or 0
redis.call('ZADD', 'chat:leases', now() + ARGV[2], ARGV[1])
for _, ended in ipairs(redis.call('ZRANGEBYSCORE', 'chat:leases', '-inf', now())) do remove(ended) end
return held`;

/** Yields the gateways of each room, and last the epoch, all of the same instant. ARGV: room … */
export const LOOK_UP = `
local answer = redis.call('HMGET', 'chat:routes', unpack(ARGV))
answer[#ARGV + 1] = redis.call('GET', 'chat:routes:epoch')
return answer`;
