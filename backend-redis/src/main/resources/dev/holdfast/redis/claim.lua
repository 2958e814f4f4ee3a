-- KEYS: deadlines, sessions. ARGV: op, lease, how many of the sessions are suspects, those first.
-- Answers the number of each claimed session among the keys, and its hash as it was.
local op, lease, suspects = struct.unpack('>c8I6I3', ARGV[1])
local deadlines = KEYS[1]
-- Needs no memory and changes nothing; after it the others may.
redis.call('PERSIST', deadlines)
local now = clock()
local claims = {}
for i = 2, #KEYS do
  local key = KEYS[i]
  local member = string.sub(key, #deadlines)
  local suspect = i - 1 <= suspects
  local s, status = read(key)
  local due
  if not s then
    -- Not asked for again and again while it stays damaged.
    due = status == CORRUPT and now + REAP or nil
  elseif s.kind == ALIVE then
    due = claimable(s)
    if suspect and s.max > 0 and now >= s.accessed + s.max then
      due = now
    end
  elseif s.kind == CLAIMED and now < s.till + REAP then
    due = s.till
  end
  if not due or due == math.huge then
    redis.call('ZREM', deadlines, member)
  elseif not s or due > now then
    if not suspect then
      redis.call('ZADD', deadlines, due, member)
    end
  else
    claims[#claims + 1] = i - 1
    claims[#claims + 1] = redis.call('HGETALL', key)
    s.kind, s.op, s.till = CLAIMED, op, now + lease
    redis.call('HSET', key, 'h', headOf(key, s))
    -- Given up a reap time after its lease, and remembered as removed for as long as any other.
    redis.call('PEXPIREAT', key, s.till + REAP + TOMBSTONE)
    redis.call('ZADD', deadlines, s.till, member)
  end
end
return claims
