-- KEYS: session, deadlines. ARGV: op, expected version (0: any), successor ('': none).
local op, expected = struct.unpack('>c8I7', ARGV[1])
local session, deadlines = KEYS[1], KEYS[2]
local s, status = read(session)
local now = clock()
if not s then
  -- What is damaged can be ended: there is nothing to hand back then.
  bury(session, deadlines, op, status == ABSENT and 1 or 0, ARGV[2], now)
  return status == ABSENT and ABSENT or DONE
end
if s.kind == ENDED then
  if s.op ~= op then
    return s.successor ~= '' and s.successor or REMOVED
  end
  -- A write, so that WAIT waits for what was written before it.
  redis.call('PEXPIREAT', session, s.till)
  return s.absent == 1 and ABSENT or DONE
end
if s.kind == CLAIMED and s.op ~= op then
  return REMOVED
end
local all = redis.call('HGETALL', session)
if s.kind == ALIVE and expected ~= 0 and expected ~= s.version then
  all[#all + 1] = 0
  return all
end
bury(session, deadlines, op, 0, ARGV[2], now)
all[#all + 1] = 1
return all
