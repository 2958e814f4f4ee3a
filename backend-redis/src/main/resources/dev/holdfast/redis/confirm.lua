-- KEYS: deadlines, sessions. ARGV: the ops of their claims. What another claim or removal has is left alone.
local deadlines = KEYS[1]
local now = clock()
for i = 2, #KEYS do
  local op = string.sub(ARGV[1], i * 8 - 15, i * 8 - 8)
  local s, status = read(KEYS[i])
  if s and s.kind == ENDED then
    if s.op == op then
      -- A write, so that WAIT waits for what was written before it.
      redis.call('PEXPIREAT', KEYS[i], s.till)
    end
  elseif not s or s.kind == ALIVE or s.op == op then
    bury(KEYS[i], deadlines, op, status == ABSENT and 1 or 0, '', now)
  end
end
return DONE
