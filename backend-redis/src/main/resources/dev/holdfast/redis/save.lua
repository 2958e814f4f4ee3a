-- KEYS: session, deadlines. ARGV: base version, stamp, age, createdAt, flags (1: sets maxInactive, 2: a repeat), maxInactive;
-- the number of changed attributes; their names and values; the names of removed ones.
local SMALL, PACK = 256, 4080

local base, stamp, age, created, flags, max = struct.unpack('>I7I3I6i6Bi6', ARGV[1])
local changedEnd = 2 + 2 * tonumber(ARGV[2])
local creates, setsMax, again = base == 0, flags % 2 == 1, flags >= 2
local session, deadlines = KEYS[1], KEYS[2]

local s, status = read(session)
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
local names, values, size = {}, {}, 0
local pack = s and redis.call('HGET', session, 'p') or ''
local at = 1
while at <= #pack do
  if at + 3 > #pack then
    return CORRUPT
  end
  local nameSize, valueSize = struct.unpack('>I2I2', pack, at)
  local next = at + 4 + nameSize + valueSize
  if next > #pack + 1 then
    return CORRUPT
  end
  local name = string.sub(pack, at + 4, at + 3 + nameSize)
  names[#names + 1] = name
  values[name] = string.sub(pack, at + 4 + nameSize, next - 1)
  at = next
end
size = #pack

local function isThere()
  for i = 3, changedEnd, 2 do
    if ARGV[i + 1] ~= (values[ARGV[i]] or redis.call('HGET', session, 'a' .. ARGV[i])) then
      return false
    end
  end
  for i = changedEnd + 1, #ARGV do
    if values[ARGV[i]] or redis.call('HEXISTS', session, 'a' .. ARGV[i]) == 1 then
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

local sets, drops, repack = { 'h', headOf(session, s) }, {}, false
local function outOfPack(name)
  if values[name] then
    size = size - 4 - #name - #values[name]
    values[name] = nil
    repack = true
  else
    drops[#drops + 1] = 'a' .. name
  end
end
for i = changedEnd + 1, #ARGV do
  outOfPack(ARGV[i])
end
for i = 3, changedEnd, 2 do
  local name, value = ARGV[i], ARGV[i + 1]
  local entry = 4 + #name + #value
  local old = values[name]
  local room = PACK - size + (old and 4 + #name + #old or 0)
  if #name <= SMALL and #value <= SMALL and entry <= room then
    if not old then
      names[#names + 1] = name
      size = size + entry
      if not isNew then
        drops[#drops + 1] = 'a' .. name
      end
    else
      size = size + #value - #old
    end
    values[name] = value
    repack = true
  else
    if old then
      outOfPack(name)
    end
    sets[#sets + 1] = 'a' .. name
    sets[#sets + 1] = value
  end
end
if repack then
  local parts = {}
  for _, name in ipairs(names) do
    local value = values[name]
    if value then
      parts[#parts + 1] = struct.pack('>I2I2', #name, #value) .. name .. value
    end
  end
  if #parts > 0 then
    sets[#sets + 1] = 'p'
    sets[#sets + 1] = table.concat(parts)
  else
    drops[#drops + 1] = 'p'
  end
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
