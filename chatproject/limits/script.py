"""The one script that Redis runs for all limits, and its arguments and answers in Python's terms. No I/O.

It reads no clock but Redis' own, so that the clocks of the servers do not matter: they learn of durations only.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

MICROSECONDS = 1_000_000

# A bucket is one number: when it will be full again, in microseconds of Redis' clock (GCRA's theoretical arrival
# time); it is in debt where that is more than a whole burst away. A count is the list of its times. Both expire
# when they say nothing more. 1e-6: a token that came back but for the rounding has come back.
SCRIPT = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local numbers = string.gmatch(ARGV[1], '%S+')
local function argument()
  return tonumber(numbers())
end

local function take(key)
  local each, burst, spent, wanted, spare = argument(), argument(), argument(), argument(), argument()
  local full_at = math.max(tonumber(redis.call('GET', key) or now), now)
  full_at = math.min(full_at + spent * each, now + 2 * burst * each)
  local left = math.max(0, math.floor(burst - (full_at - now) / each + 1e-6))
  local given = math.min(wanted, left)
  local lent = math.min(spare, math.floor((left - given) / 2))
  full_at = full_at + (given + lent) * each
  if full_at > now then
    redis.call('SET', key, string.format('%.0f', full_at), 'PX', math.ceil((full_at - now) / 1000))
  end
  local wait = each - (burst * each - (full_at - now))
  return {given, lent, math.max(0, math.ceil(wait - 1e-6 * each))}
end

local function count(key)
  local window, most, more = argument(), argument(), argument()
  for _ = 1, more do
    redis.call('RPUSH', key, string.format('%.0f', now))
  end
  redis.call('LTRIM', key, -most, -1)
  redis.call('PEXPIRE', key, math.ceil(window / 1000))
  local ages = {}
  for _, time in ipairs(redis.call('LRANGE', key, 0, -1)) do
    if now - time < window then
      ages[#ages + 1] = now - time
    end
  end
  return ages
end

local answers = {}
for number, key in ipairs(KEYS) do
  answers[number] = table.concat(argument() == 0 and take(key) or count(key), ' ')
end
return table.concat(answers, ';')
"""


def text_of(arguments: Iterable[float]) -> str:
    """The arguments of all keys as the one that the script takes.

    With one for each number Redis' client would take longer than Redis itself; so it is with the answer.
    """
    return " ".join(map(str, arguments))


def answers_of(text: bytes) -> list[list[int]]:
    """The answer about each key."""
    return [[int(number) for number in answer.split()] for answer in text.split(b";")]


class Grant(NamedTuple):
    """What a bucket gave to those who wait, and lent for later; and when it has a token again (0: it has)."""

    given: int
    lent: int
    wait_s: float


def take(*, rate: float, burst: float, spent: int, wanted: int, spare: int) -> tuple[float, ...]:
    """Arguments that take `spent` tokens whatever is there, then up to `wanted`, then up to `spare`.

    A bucket in debt owes no more than its burst. To be lent at most half of what is left: others want some.
    """
    return (0, round(MICROSECONDS / rate), burst, spent, wanted, spare)


def granted(answer: Sequence[int]) -> Grant:
    given, lent, wait_us = answer
    return Grant(given, lent, wait_us / MICROSECONDS)


def count(*, window_s: float, most: int, more: int) -> tuple[float, ...]:
    """Arguments that count `more` things now, of which the newest `most` are remembered for `window_s`."""
    return (1, round(window_s * MICROSECONDS), most, more)


def ages_s(answer: Sequence[int]) -> list[float]:
    """How long ago each thing was that is counted, the oldest first."""
    return [age / MICROSECONDS for age in answer]
