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
local answer = idle * 2 + (noted and 1 or 0)
if s.version ~= known and flags < 2 then
  local all = redis.call('HGETALL', KEYS[1])
  all[#all + 1] = answer
  answer = all
end
if noted then
  s.accessed = accessed
  keep(KEYS[1], s)
  redis.call('HSET', KEYS[1], 'h', headOf(KEYS[1], s))
end
return answer
