-- KEYS: session, deadlines. ARGV: base version, stamp, age, createdAt, flags (1: sets maxInactive, 2: a repeat), maxInactive;
-- the number of changed attributes; their names and values; the names of removed ones.
local SMALL, PACK, HISTORY = 256, 4080, 200
local sub, byte = string.sub, string.byte

local base, stamp, age, created, flags, max = struct.unpack('>I7I3I6i6Bi6', ARGV[1])
local changedEnd = 2 + 2 * tonumber(ARGV[2])
local creates, setsMax, again = base == 0, flags % 2 == 1, flags >= 2
local session, deadlines = KEYS[1], KEYS[2]

local found = redis.pcall('HMGET', session, 'h', 'r')
local s, status = understand(session, found[1])
if not s and not (creates and status == ABSENT) then
  return status
end
local now = clock()
if s and s.kind == ENDED then
  return s.successor ~= '' and s.successor or REMOVED
elseif s and (s.kind == CLAIMED or now >= claimable(s)) then
  return REMOVED
end

-- Small attributes share one field: each field of its own costs some 60 bytes. A full one fits into 4 KB with its header.
-- One that changes leaves it for a field of its own, for good: Lua hashes every byte of every string that it is given or makes,
-- so that reading and writing the shared field with each change would take more time than all the rest.
local own, pack = {}, ''
if s then
  local missing = false
  for i = 3, #ARGV do
    if i > changedEnd or i % 2 == 1 then
      own[ARGV[i]] = redis.call('HEXISTS', session, 'a' .. ARGV[i]) == 1
      missing = missing or not own[ARGV[i]]
    end
  end
  pack = missing and redis.call('HGET', session, 'p') or ''
end
local first, last, kept, at, from, size = {}, {}, {}, 1, 1, #pack
while at <= #pack do
  if at + 3 > #pack then
    return CORRUPT
  end
  local a, b, c, d = byte(pack, at, at + 3)
  local value = at + 4 + a * 256 + b
  local next = value + c * 256 + d
  if next > #pack + 1 then
    return CORRUPT
  end
  local name = sub(pack, at + 4, value - 1)
  if own[name] ~= nil then
    first[name], last[name] = value, next - 1
    kept[#kept + 1] = sub(pack, from, at - 1)
    from = next
    size = size - (next - at)
  end
  at = next
end

local function stored(name)
  return first[name] and sub(pack, first[name], last[name]) or redis.call('HGET', session, 'a' .. name)
end

local function isThere()
  for i = 3, changedEnd, 2 do
    if ARGV[i + 1] ~= stored(ARGV[i]) then
      return false
    end
  end
  for i = changedEnd + 1, #ARGV do
    if stored(ARGV[i]) then
      return false
    end
  end
  return not setsMax or s.max == max
end

if s then
  -- Two of about two million saves share a stamp: so the content decides as well whether this save was applied already.
  if s.version % 2097152 == stamp and s.version ~= base
      and (not creates or s.previous == 0 and s.created == created) and isThere() then
    -- Writes what is there, so that WAIT waits for all that was written before it: on a connection that has changed nothing it
    -- waits for nobody. The first one needs no memory, the second one changes something even if the first does not.
    keep(session, s)
    redis.call('HSET', session, 'h', headOf(session, s))
    return math.floor(s.version / 2097152) * 2 + (s.previous == base and 0 or 1)
  elseif creates then
    return EXISTS
  elseif again and s.version ~= base then
    return UNKNOWN
  end
end

local isNew = not s
if isNew then
  s = { kind = ALIVE, version = 0, created = created, accessed = 0, max = max }
end
local counter = math.floor(s.version / 2097152)
s.previous = s.version
s.version = (counter == 4294967295 and 1 or counter + 1) * 2097152 + stamp
s.accessed = math.max(s.accessed, now - age)
if setsMax then
  s.max = max
end

local sets, drops, entries = { 'h', headOf(session, s) }, {}, {}
for i = changedEnd + 1, #ARGV do
  if own[ARGV[i]] then
    drops[#drops + 1] = 'a' .. ARGV[i]
  end
end
for i = 3, changedEnd, 2 do
  local name, value = ARGV[i], ARGV[i + 1]
  local entry = 4 + #name + #value
  if not own[name] and not first[name] and #name <= SMALL and #value <= SMALL and size + entry <= PACK then
    size = size + entry
    entries[#entries + 1] = struct.pack('>I2I2', #name, #value) .. name .. value
  else
    sets[#sets + 1] = 'a' .. name
    sets[#sets + 1] = value
  end
end
if #entries > 0 or #kept > 0 then
  if size > 0 then
    sets[#sets + 1] = 'p'
    sets[#sets + 1] = table.concat(kept) .. sub(pack, from) .. table.concat(entries)
  else
    drops[#drops + 1] = 'p'
  end
end

-- Field r, which the first load makes that finds another version than its node knew: what the last saves set, newest first. Of each the
-- version that it made (7 bytes), the number of attributes (1; 255: some were removed, or they are too many), and of each attribute the
-- size of its name (1) and the name. The oldest is cut off anywhere behind its version.
if s.previous > 0 and found[2] then
  local before = struct.pack('>I7', s.previous)
  local history = sub(found[2], 1, 7) == before and found[2] or before
  local entry, size = { struct.pack('>I7B', s.version, (changedEnd - 2) / 2 % 255) }, 8
  for i = 3, changedEnd, 2 do
    entry[#entry + 1] = string.char(#ARGV[i] % 256)
    entry[#entry + 1] = ARGV[i]
    size = size + 1 + #ARGV[i]
  end
  if size > HISTORY or changedEnd < #ARGV then
    entry, size = { struct.pack('>I7B', s.version, 255) }, HISTORY
  end
  sets[#sets + 1] = 'r'
  sets[#sets + 1] = table.concat(entry) .. sub(history, 1, math.max(7, HISTORY - size))
end

-- In pieces, because Lua passes no more than some thousand arguments.
for i = 1, #sets, 1000 do
  redis.call('HSET', session, unpack(sets, i, math.min(i + 999, #sets)))
end
for i = 1, #drops, 1000 do
  redis.call('HDEL', session, unpack(drops, i, math.min(i + 999, #drops)))
end
keep(session, s)
if isNew or setsMax then
  if s.max > 0 then
    redis.call('ZADD', deadlines, claimable(s), string.sub(session, #deadlines))
  elseif not isNew then
    redis.call('ZREM', deadlines, string.sub(session, #deadlines))
  end
end
return math.floor(s.version / 2097152) * 2 + (s.previous == base and 0 or 1)
