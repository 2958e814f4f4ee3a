-- KEYS: deadlines, sessions. ARGV: their claims' ops. Answers how many it found claimed by them.
local deadlines = KEYS[1]
local now = clock()
local confirmed = 0
for i = 2, #KEYS do
  local op = string.sub(ARGV[1], i * 8 - 15, i * 8 - 8)
  local s = read(KEYS[i])
  if s and s.kind == CLAIMED and s.op == op then
    bury(KEYS[i], deadlines, op, 0, '', now)
    confirmed = confirmed + 1
  end
end
return confirmed
