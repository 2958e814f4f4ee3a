-- KEYS: sessions. ARGV: the ages of their accesses. Answers a digit for each session, 0 if it is not alive.
local now = clock()
local alive = {}
for i, key in ipairs(KEYS) do
  local s, status = read(key)
  if s and (s.kind ~= ALIVE or now >= claimable(s)) or status == ABSENT then
    alive[i] = '0'
  else
    alive[i] = '1'
    local accessed = now - struct.unpack('>I6', ARGV[1], i * 6 - 5)
    if s and accessed > s.accessed then
      s.accessed = accessed
      keep(key, s)
      redis.call('HSET', key, 'h', headOf(key, s))
    end
  end
end
return table.concat(alive)
