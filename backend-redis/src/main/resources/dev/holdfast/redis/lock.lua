-- KEYS: lock. ARGV: token, lease in milliseconds. May be repeated by its owner.
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then
  return 0
end
-- Needs no memory, and after it SET may have some: else nobody who has to lock first could log out of a full server.
redis.call('PERSIST', KEYS[1])
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
