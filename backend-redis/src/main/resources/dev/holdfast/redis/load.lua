-- KEYS: session. ARGV: known version, flags (1: counts as an access, 2: only look, whatever the version), age of the access.
local known, flags = struct.unpack('>I7B', ARGV[1])
local age = #ARGV[1] > 8 and struct.unpack('>I' .. #ARGV[1] - 8, ARGV[1], 9) or 0
local s, status = read(KEYS[1])
if not s then
  return status
end
local now = clock()
if s.kind ~= ALIVE or now >= claimable(s) then
  return REMOVED
end
local idle = math.max(0, now - s.accessed)
local accessed = math.max(0, now - age)
local noted = flags % 2 == 1 and idle > interval(s.max) and accessed > s.accessed
local answer = 0
if s.version ~= known and flags < 2 then
  answer = redis.call('HGETALL', KEYS[1])
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
if answer == 0 then
  return number
end
answer[#answer + 1] = number
return answer
