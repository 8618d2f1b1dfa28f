"""Buckets in Redis: one script for each attempt, on the clock of the server; a bucket that is full again expires."""

from __future__ import annotations

from collections.abc import Awaitable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

from mediaworks.accounts.allowances.model import Allotment, Level, Outcome
from mediaworks.errors import SetupError, Unavailable

PATIENCE_SECONDS = 0.5
# KEYS: the buckets. ARGV: count, "take" | "charge" | "look", then amount and seconds of each bucket.
_SCRIPT = """
local time = redis.call('TIME')
local now, count, wish = time[1] + time[2] / 1000000, tonumber(ARGV[1]), ARGV[2]
local spent, fits = {}, true
for i, key in ipairs(KEYS) do
  local kept = redis.call('HMGET', key, 'spent', 'at')
  local amount, seconds = tonumber(ARGV[2 * i + 1]), tonumber(ARGV[2 * i + 2])
  local drained = math.max(0, now - (tonumber(kept[2]) or now)) * amount / seconds
  spent[i] = math.max(0, (tonumber(kept[1]) or 0) - drained)
  fits = fits and spent[i] + count <= amount
end
if wish == 'charge' or (wish == 'take' and fits) then
  for i, key in ipairs(KEYS) do
    spent[i] = spent[i] + count
    local amount, seconds = tonumber(ARGV[2 * i + 1]), tonumber(ARGV[2 * i + 2])
    redis.call('HSET', key, 'spent', string.format('%.17g', spent[i]), 'at', string.format('%.6f', now))
    redis.call('PEXPIRE', key, math.ceil(spent[i] * seconds / amount * 1000) + 1000)
  end
end
local told = {fits and 1 or 0}
for i, one in ipairs(spent) do told[i + 1] = string.format('%.17g', one) end
return told
"""


class RedisBuckets:
    """Raises SetupError when redis-py (the extra `redis`) is missing or the address is wrong.

    `patience`: seconds that an answer may take; after them nothing is counted, and requests go on.
    """

    def __init__(self, url: str, *, patience: float = PATIENCE_SECONDS) -> None:
        try:
            from redis.asyncio import Redis
        except ImportError as error:
            raise SetupError("REDIS_URL is set: install mediaworks[redis]") from error
        try:
            self._redis = Redis.from_url(url, socket_timeout=patience, socket_connect_timeout=patience, retry=None)
        except ValueError as error:
            raise SetupError(f"REDIS_URL: {error}") from error
        self._script = self._redis.register_script(_SCRIPT)

    async def take(self, count: float, allotments: Sequence[Allotment]) -> Outcome:
        taken, levels = await self._run("take", count, allotments)
        return Outcome(taken, levels)

    async def charge(self, count: float, allotments: Sequence[Allotment]) -> None:
        await self._run("charge", count, allotments)

    async def levels(self, allotments: Sequence[Allotment]) -> tuple[Level, ...]:
        return (await self._run("look", 0, allotments))[1]

    async def close(self) -> None:
        await self._redis.aclose()

    async def _run(self, wish: str, count: float, allotments: Sequence[Allotment]) -> tuple[bool, tuple[Level, ...]]:
        keys = [f"mediaworks:allowance:{each.bucket}:{each.resource.value}" for each in allotments]
        limits = [limit for each in allotments for limit in (each.amount, each.seconds)]
        with _outage_is_unavailable():
            fits, *spent = await cast(Awaitable[Any], self._script(keys=keys, args=[repr(count), wish, *limits]))
        levels = tuple(Level(each, each.amount - float(one)) for each, one in zip(allotments, spent, strict=True))
        return bool(fits), levels


@contextmanager
def _outage_is_unavailable() -> Iterator[None]:
    from redis.exceptions import RedisError

    try:
        yield
    except (RedisError, OSError, TimeoutError) as outage:
        raise Unavailable("Redis cannot be reached", code="redis_unavailable") from outage
