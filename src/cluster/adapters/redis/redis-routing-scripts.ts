/** Every change of a route is published here, with its number and its room. */
export const ROUTES_CHANGED = 'chat:routes:changed';

/**
 * Keys of the routing, all in one slot of a Redis Cluster, since each script is one atomic step over several of them, or two gateways that
 * join one room at once would overwrite each other:
 * a hash of room → comma-separated gateways, so that one HMGET answers for a whole batch;
 * the number of the newest change of a route. It begins at the time in µs, so that it grows over a loss of everything, too;
 * a sorted set of gateways by the time at which their lease ends;
 * the set of gateways that are being taken out, some rooms at a time: Redis does nothing else meanwhile;
 * comma-separated, the gateways of which every room is in: a message that finds no route then has none;
 * the time in µs at which all of this began: another one tells that Redis has lost everything.
 */
export const ROUTES = '{chat}:routes';
const EPOCH = '{chat}:routes:epoch';
export const LEASES = '{chat}:leases';
const ENDED = '{chat}:ended';
const GATEWAYS = '{chat}:gateways';
const BORN = '{chat}:born';

/** The set of rooms that a gateway holds, so that a dead one can be taken out. */
export function roomsOf(gateway: string): string {
  return `{chat}:rooms-of:${gateway}`;
}

/** KEYS of every script here but `LOOK_UP`. */
export function routingKeysOf(gateway: string): readonly string[] {
  return [ROUTES, EPOCH, LEASES, ENDED, GATEWAYS, BORN, roomsOf(gateway)];
}

/** KEYS of `LOOK_UP`. Without the first, what it yields besides routes. */
export const LOOK_UP_KEYS = [ROUTES, EPOCH, BORN, GATEWAYS] as const;

const LIBRARY = `
local ROUTES, EPOCH, LEASES, ENDED, GATEWAYS, BORN, ROOMS = unpack(KEYS)

local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- Of many changes at once only the second is told, of no room: who misses the first forgets all routes.
local function tell(room, changes)
  local epoch = redis.call('INCRBY', EPOCH, changes)
  if epoch == changes then
    epoch = now() * 1000
    redis.call('SET', EPOCH, string.format('%.0f', epoch))
  end
  redis.call('PUBLISH', '${ROUTES_CHANGED}', string.format('%.0f', epoch) .. ' ' .. room)
end

local function added(held, gateway)
  if not held then return gateway end
  if string.find(',' .. held .. ',', ',' .. gateway .. ',', 1, true) then return nil end
  return held .. ',' .. gateway
end

local function join(gateway, room)
  local route = added(redis.call('HGET', ROUTES, room), gateway)
  if route then
    redis.call('HSET', ROUTES, room, route)
    tell(room, 1)
  end
  redis.call('SADD', ROOMS, room)
end

local function leave(gateway, rooms)
  if #rooms == 0 then return end
  local empty, changes = {}, {}
  for i, held in ipairs(redis.call('HMGET', ROUTES, unpack(rooms))) do
    local rest = {}
    for other in string.gmatch(held or '', '[^,]+') do
      if other ~= gateway then rest[#rest + 1] = other end
    end
    if #rest == 0 then
      empty[#empty + 1] = rooms[i]
    else
      changes[#changes + 1] = rooms[i]
      changes[#changes + 1] = table.concat(rest, ',')
    end
  end
  if #empty > 0 then redis.call('HDEL', ROUTES, unpack(empty)) end
  if #changes > 0 then redis.call('HSET', ROUTES, unpack(changes)) end
  redis.call('SREM', ROOMS, unpack(rooms))
  if #rooms == 1 then tell(rooms[1], 1) else tell('', 2) end
end

local function setWhole(gateway, isWhole)
  local all = {}
  for other in string.gmatch(redis.call('GET', GATEWAYS) or '', '[^,]+') do
    if other ~= gateway then all[#all + 1] = other end
  end
  if isWhole then all[#all + 1] = gateway end
  if #all == 0 then redis.call('DEL', GATEWAYS) else redis.call('SET', GATEWAYS, table.concat(all, ',')) end
end

local function begin(gateway)
  redis.call('ZREM', LEASES, gateway)
  redis.call('SADD', ENDED, gateway)
  setWhole(gateway, false)
end
`;

/** ARGV: gateway, room … */
export const JOIN = `${LIBRARY}
for i = 2, #ARGV do join(ARGV[1], ARGV[i]) end`;

/** The same for a gateway that has lost its rooms: all of them told at once. ARGV: gateway, room … */
export const REGISTER = `${LIBRARY}
local gateway = table.remove(ARGV, 1)
local changes = {}
for i, held in ipairs(redis.call('HMGET', ROUTES, unpack(ARGV))) do
  local route = added(held, gateway)
  if route then
    changes[#changes + 1] = ARGV[i]
    changes[#changes + 1] = route
  end
end
redis.call('SADD', ROOMS, unpack(ARGV))
if #changes == 0 then return end
redis.call('HSET', ROUTES, unpack(changes))
tell('', 2)`;

/** ARGV: gateway, room … */
export const LEAVE = `${LIBRARY}
leave(table.remove(ARGV, 1), ARGV)`;

/** From now on the gateway is being taken out. ARGV: gateway */
export const END = `${LIBRARY}
begin(ARGV[1])`;

/** Takes out some rooms of a gateway that has ended. Yields 1 where more are left, else 0. ARGV: gateway, most rooms. */
export const REMOVE_SOME = `${LIBRARY}
if redis.call('SISMEMBER', ENDED, ARGV[1]) == 0 then return 0 end
leave(ARGV[1], redis.call('SPOP', ROOMS, ARGV[2]))
if redis.call('EXISTS', ROOMS) == 1 then return 1 end
redis.call('SREM', ENDED, ARGV[1])
return 0`;

/**
 * Renews the caller's lease, and ends every gateway whose lease has run out. Yields 1 where the caller's was still held, 0 where
 * the caller had been ended (or never was in), and then all that have ended. ARGV: gateway, length of the lease in ms.
 */
export const RENEW = `${LIBRARY}
local held = redis.call('ZSCORE', LEASES, ARGV[1]) and 1 or 0
redis.call('ZADD', LEASES, now() + ARGV[2], ARGV[1])
redis.call('SREM', ENDED, ARGV[1])
if held == 0 then setWhole(ARGV[1], false) end
if not redis.call('GET', BORN) then redis.call('SET', BORN, string.format('%.0f', now() * 1000)) end
for _, out in ipairs(redis.call('ZRANGEBYSCORE', LEASES, '-inf', now())) do begin(out) end
local answer = redis.call('SMEMBERS', ENDED)
table.insert(answer, 1, held)
return answer`;

/** All rooms of the gateway are in. Yields 0 where its lease is gone: they may be out again. ARGV: gateway */
export const BE_WHOLE = `${LIBRARY}
if not redis.call('ZSCORE', LEASES, ARGV[1]) then return 0 end
setWhole(ARGV[1], true)
return 1`;

/** Yields the gateways of each room, then the epoch, when all began, and which gateways are whole, all of the same instant. ARGV: room … */
export const LOOK_UP = `
local answer = redis.call('HMGET', KEYS[1], unpack(ARGV))
for i = 2, #KEYS do answer[#answer + 1] = redis.call('GET', KEYS[i]) end
return answer`;
