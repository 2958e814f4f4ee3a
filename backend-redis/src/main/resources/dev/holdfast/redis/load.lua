-- KEYS: session. ARGV: known version, flags (1: counts as an access, 2: only look, whatever the version), age of the access.
-- Answers a number if the version is the known one; or all fields and that number; or the number, and of the fields those that were
-- set since the known version.
local known, flags = struct.unpack('>I7B', ARGV[1])
local age = #ARGV[1] > 8 and struct.unpack('>I' .. #ARGV[1] - 8, ARGV[1], 9) or 0
local head = redis.pcall('HGET', KEYS[1], 'h')
local s, status = understand(KEYS[1], head)
if not s then
  return status
end

-- The fields that attributes which were set since the known version have if they have one of their own; nil if it is not remembered.
-- Save.lua says what field r is.
local function setSince(history)
  if #history < 7 or struct.unpack('>I7', history) ~= s.version then
    return nil
  end
  local seen, fields, at = {}, {}, 1
  while at + 6 <= #history do
    if struct.unpack('>I7', history, at) == known then
      return fields
    end
    local count = string.byte(history, at + 7)
    if not count or count == 255 then
      return nil
    end
    at = at + 8
    for _ = 1, count do
      local size = string.byte(history, at)
      if not size or at + size > #history then
        return nil
      end
      local field = 'a' .. string.sub(history, at + 1, at + size)
      if not seen[field] then
        seen[field] = true
        fields[#fields + 1] = field
      end
      at = at + 1 + size
    end
  end
  return nil
end

-- What was set since the known version, with the head; nil if that is not remembered.
local function changes()
  local history = redis.call('HGET', KEYS[1], 'r')
  if not history then
    redis.pcall('HSET', KEYS[1], 'r', '') -- for the next time; a server that takes no writes goes on without
    return nil
  end
  local fields = setSince(history)
  if not fields then
    return nil
  end
  local found, packed = { 'h', head }, false
  local values = #fields > 0 and redis.call('HMGET', KEYS[1], unpack(fields)) or {}
  for i = 1, #fields do
    if values[i] then
      found[#found + 1], found[#found + 2] = fields[i], values[i]
    else
      packed = true
    end
  end
  if packed then
    local pack = redis.call('HGET', KEYS[1], 'p')
    if not pack then
      return nil
    end
    found[#found + 1], found[#found + 2] = 'p', pack
  end
  return found
end

local now = clock()
if s.kind ~= ALIVE or now >= claimable(s) then
  return REMOVED
end
local idle = math.max(0, now - s.accessed)
local accessed = math.max(0, now - age)
local noted = flags % 2 == 1 and idle > interval(s.max) and accessed > s.accessed
local answer, partly = nil, false
if s.version ~= known and flags < 2 then
  answer = changes()
  partly = answer ~= nil
  answer = answer or redis.call('HGETALL', KEYS[1])
end
if noted then
  local done, why = pcall(function()
    s.accessed = accessed
    keep(KEYS[1], s)
    redis.call('HSET', KEYS[1], 'h', headOf(KEYS[1], s))
  end)
  if not done then
    local text = type(why) == 'table' and why.err or tostring(why)
    if not string.find(text, 'MISCONF') and not string.find(text, 'NOREPLICAS') then
      return { err = text }
    end
    -- A master that takes no writes at the moment (disk full, too few replicas) can still be read.
    noted = false
  end
end
local number = idle * 2 + (noted and 1 or 0)
if not answer then
  return number
elseif partly then
  return { number, answer }
end
answer[#answer + 1] = number
return answer
