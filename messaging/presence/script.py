"""The one script that Redis runs for presence, and its arguments and answers in Python's terms. No I/O.

Of each process Redis keeps the members that are there and when each looked last, and one beat. A process that has
not beaten for DEAD_AFTER_S is dead, and its members with it: so a member's presence costs no refresh, however long
it lasts. The next process that beats puts away what a dead one left.

Times are those of Redis' clock, in milliseconds; processes tell it durations only.
"""

from collections.abc import Sequence
from typing import NamedTuple

from chatproject.limits.shards import Errand

MILLISECONDS = 1_000
DEAD_AFTER_S = 20  # a process whose loop hangs for less stays; a killed one's members go within this and a beat
SETTLING_S = 5  # a Redis that comes back empty, or old, is not believed before everybody has told it again
LOOKS_KEPT_S = 600  # of who left
SEEN_KEPT_S = 30 * 86_400  # beyond, nobody asks
SEEN_MOST = 1_000_000  # about 100 MB
PUT_AWAY_AT_ONCE = 500
MEMBERS_AT_ONCE = 1_000  # some milliseconds of Redis' time
NEVER_S = 10.0 * SEEN_KEPT_S  # ago
LOOKS = -1.0  # in place of how many seconds ago: now, until told otherwise
LOOKING = 9_000_000_000_000_000  # in place of a time in Redis, for LOOKS

SCRIPT = f"""
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local words = string.gmatch(ARGV[1], '%S+')
local function number()
  return tonumber(words())
end
local LOOKING, DEAD_AFTER, SETTLING = {LOOKING}, {DEAD_AFTER_S * MILLISECONDS}, {SETTLING_S * MILLISECONDS}
local NEVER = {NEVER_S * MILLISECONDS:.0f}

local function put_away(key, answer)
  local dead = redis.call('ZRANGEBYSCORE', key .. ':beats', '-inf', now - DEAD_AFTER, 'WITHSCORES', 'LIMIT', 0, 1)
  if not dead[1] then
    return
  end
  local at, beat = key .. ':at:' .. dead[1], tonumber(dead[2])
  local members = redis.call('ZRANGE', at, 0, {PUT_AWAY_AT_ONCE - 1}, 'WITHSCORES')
  for place = 1, #members, 2 do
    local member, looked = members[place], math.min(tonumber(members[place + 1]), beat)
    redis.call('ZADD', key .. ':seen', 'GT', beat, member)
    redis.call('ZADD', key .. ':looked', 'GT', looked, member)
    redis.call('ZREM', at, member)
    answer[#answer + 1] = member
  end
  if #members == 0 then
    redis.call('ZREM', key .. ':beats', dead[1])
  end
end

local function beat(key)
  local beats, seen, looked = key .. ':beats', key .. ':seen', key .. ':looked'
  local me, old, age = words(), words(), number()
  local at = key .. ':at:' .. me
  local newest = redis.call('ZREVRANGE', beats, 0, 0, 'WITHSCORES')[2]
  if not newest or now - tonumber(newest) > SETTLING then
    redis.call('SET', key .. ':began', string.format('%.0f', now))
  end
  for _ = 1, number() do
    local member, ago = words(), number()
    redis.call('ZADD', at, ago < 0 and LOOKING or now - ago, member)
  end
  for _ = 1, number() do
    local member, seen_ago, looked_ago = words(), number(), number()
    redis.call('ZREM', at, member)
    if seen_ago >= NEVER then
      redis.call('ZREM', seen, member)
      redis.call('ZREM', looked, member)
    else
      redis.call('ZADD', seen, 'GT', now - seen_ago, member)
      redis.call('ZADD', looked, 'GT', now - looked_ago, member)
    end
  end
  redis.call('ZADD', beats, now - age, me)
  redis.call('PEXPIRE', at, 10 * DEAD_AFTER)
  if old ~= '0' then
    redis.call('ZREM', beats, old)
    redis.call('DEL', key .. ':at:' .. old)
  end
  redis.call('ZREMRANGEBYSCORE', looked, '-inf', now - {LOOKS_KEPT_S * MILLISECONDS})
  redis.call('ZREMRANGEBYSCORE', seen, '-inf', now - {SEEN_KEPT_S * MILLISECONDS})
  redis.call('ZREMRANGEBYRANK', seen, 0, -{SEEN_MOST + 1})
  local answer = {{redis.call('ZCARD', at)}}
  put_away(key, answer)
  return answer
end

local function ask(key)
  local me, formerly, members = words(), words(), {{}}
  for place = 1, number() do
    members[place] = words()
  end
  if #members == 0 then
    return {{1}}
  end
  local began = tonumber(redis.call('GET', key .. ':began') or now)
  local looked = redis.call('ZMSCORE', key .. ':looked', unpack(members))
  local seen = redis.call('ZMSCORE', key .. ':seen', unpack(members))
  local online = {{}}
  for _, process in ipairs(redis.call('ZRANGEBYSCORE', key .. ':beats', now - DEAD_AFTER, '+inf')) do
    local there = {{}}
    if process ~= me and process ~= formerly then
      there = redis.call('ZMSCORE', key .. ':at:' .. process, unpack(members))
    end
    for place, at in ipairs(there) do
      if at then
        online[place] = true
        looked[place] = math.max(tonumber(looked[place] or 0), tonumber(at))
      end
    end
  end
  local answer = {{now - began >= SETTLING and 1 or 0}}
  for place = 1, #members do
    local ago = looked[place] and math.max(0, now - tonumber(looked[place])) or -1
    answer[#answer + 1] = (online[place] and 1 or 0) .. ' ' .. ago .. ' ' .. (seen[place] or 0)
  end
  return answer
end

local answers = {{}}
for place, key in ipairs(KEYS) do
  answers[place] = table.concat(number() == 0 and beat(key) or ask(key), ' ')
end
return table.concat(answers, ';')
"""

RIGHTS_WANTED = (
    "its user needs the keys `~chat*` and the commands evalsha, script|load, time, get, set, del, pexpire, zadd, "
    "zrem, zcard, zmscore, zrange, zrevrange, zrangebyscore, zremrangebyscore and zremrangebyrank"
)
ERRAND = Errand(
    script=SCRIPT,
    is_away="each process knows only who is online there while Redis is away",
    is_back="Redis is back, and knows who is online",
    rights_wanted=RIGHTS_WANTED,
)


class Arrived(NamedTuple):
    """A member who is here, and how many seconds ago they looked; or LOOKS."""

    member_id: int
    looked_ago_s: float


class Left(NamedTuple):
    """A member who left so many seconds ago, and how long ago they looked. Both NEVER_S: they are forgotten."""

    member_id: int
    ago_s: float
    looked_ago_s: float


class Entry(NamedTuple):
    """What Redis knows of a member elsewhere. `seen_ms` is when they were there last, as epoch; 0: unknown."""

    is_online: bool
    looked_ago_s: float
    seen_ms: int


def beat(
    *, process: int, former: int, ago_s: float, here: Sequence[Arrived], left: Sequence[Left]
) -> tuple[float, ...]:
    """Arguments that tell of those who are here, and those who left.

    `former` is a number that this process had before, and is forgotten with its members; 0: none. A beat of
    `ago_s` seconds ago is for a process that ends: it is dead so much sooner.
    """
    words: list[float] = [0, process, former, _ms(ago_s), len(here)]
    for arrived in here:
        words += (arrived.member_id, -1 if arrived.looked_ago_s == LOOKS else _ms(arrived.looked_ago_s))
    words.append(len(left))
    for one in left:
        words += (one.member_id, _ms(one.ago_s), _ms(one.looked_ago_s))
    return tuple(words)


def _ms(seconds: float) -> int:
    return round(min(max(seconds, 0.0), NEVER_S) * MILLISECONDS)


def beaten(answer: Sequence[int]) -> tuple[int, Sequence[int]]:
    """How many members Redis has of this process, and those of a dead one that it put away."""
    return answer[0], answer[1:]


def ask(member_ids: Sequence[int], *, numbers: tuple[int, int]) -> tuple[float, ...]:
    """Arguments that ask for members at other processes than the one that has, and had, these numbers."""
    return (1, *numbers, len(member_ids), *member_ids)


def told(member_ids: Sequence[int], answer: Sequence[int]) -> tuple[bool, dict[int, Entry]]:
    """Whether Redis has been told by everybody, and what it knows of the members, in the order of the question."""
    entries = {}
    for place, member_id in enumerate(member_ids):
        is_online, looked_ms, seen_ms = answer[1 + 3 * place : 4 + 3 * place]
        looked_ago_s = NEVER_S if looked_ms < 0 else looked_ms / MILLISECONDS
        entries[member_id] = Entry(bool(is_online), looked_ago_s, seen_ms)
    return bool(answer[0]), entries
