-- What all scripts share. In front of it stand TOUCH, TIMEOUT, REAP and TOMBSTONE, the policy in milliseconds.
-- A script that memory is too short for (maxmemory) fails at its first writing command that needs memory, if it has written
-- nothing before. So scripts that end sessions begin with a command that needs none: ending must always work.

local ABSENT, REMOVED, CORRUPT, EXISTS, UNKNOWN, DONE = -1, -2, -3, -4, -5, -6
local ALIVE, CLAIMED, ENDED = 1, 2, 3

local function clock()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function digest(body, key)
  return string.sub(redis.sha1hex(body .. key), 1, 8)
end

-- What this head of the hash under this key says; nil and a status if it cannot be trusted.
local function understand(key, head)
  if not head then
    return nil, redis.call('EXISTS', key) == 0 and ABSENT or CORRUPT
  end
  if type(head) ~= 'string' or #head < 10 then
    return nil, CORRUPT
  end
  local body = string.sub(head, 1, -9)
  if string.sub(head, -8) ~= digest(body, key) then
    return nil, CORRUPT
  end
  local format, kind = string.byte(body, 1, 2)
  local s = { kind = kind }
  if format ~= 1 or kind < ALIVE or kind > ENDED then
    return nil, CORRUPT
  elseif kind == ENDED then
    s.op, s.till, s.absent = struct.unpack('>c8I6B', body, 3)
    s.successor = string.sub(body, 18)
  else
    s.version, s.previous, s.created, s.accessed, s.max = struct.unpack('>I7I7i6I6i6', body, 3)
    if kind == CLAIMED then
      s.op, s.till = struct.unpack('>c8I6', body, 35)
    end
  end
  return s
end

local function read(key)
  return understand(key, redis.pcall('HGET', key, 'h'))
end

local function headOf(key, s)
  local body
  if s.kind == ENDED then
    body = struct.pack('>BBc8I6B', 1, ENDED, s.op, s.till, s.absent) .. s.successor
  else
    body = struct.pack('>BBI7I7i6I6i6', 1, s.kind, s.version, s.previous, s.created, s.accessed, s.max)
    if s.kind == CLAIMED then
      body = body .. struct.pack('>c8I6', s.op, s.till)
    end
  end
  return body .. digest(body, key)
end

local function interval(max)
  return max > 0 and max < TOUCH * 10 and math.floor(max / 10) or TOUCH
end

local function claimable(s)
  return s.max > 0 and s.accessed + s.max + 2 * interval(s.max) + TIMEOUT or math.huge
end

-- Never is there a session without the expiry that belongs to it.
local function keep(key, s)
  if s.max > 0 then
    redis.call('PEXPIREAT', key, claimable(s) + REAP)
  else
    redis.call('PERSIST', key)
  end
end

-- Deletes first: see above.
local function bury(key, deadlines, op, absent, successor, now)
  redis.call('DEL', key)
  redis.call('ZREM', deadlines, string.sub(key, #deadlines))
  local s = { kind = ENDED, op = op, till = now + TOMBSTONE, absent = absent, successor = successor }
  redis.call('HSET', key, 'h', headOf(key, s))
  redis.call('PEXPIREAT', key, s.till)
end
