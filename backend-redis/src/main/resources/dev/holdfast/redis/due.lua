-- KEYS: deadlines. ARGV: the most to answer.
return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', clock(), 'LIMIT', 0, ARGV[1])
