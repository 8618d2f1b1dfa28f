"""Reading a long table for somebody slow: no transaction stays open meanwhile, and no more than a page is in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from sqlalchemy import Column, Select

from mediaworks.db.engine import Database

PAGE = 200


async def in_pages(database: Database, query: Select[Any], key: Column[Any]) -> AsyncIterator[dict[str, Any]]:
    """The rows of `query` by their column names, in the order of `key`, which is one of them and differs in each."""
    wanted = query.order_by(key).limit(PAGE)
    following = wanted
    while True:
        async with database.reading() as connection:
            rows = (await connection.execute(following)).mappings().all()
        for row in rows:
            yield dict(row)
        if len(rows) < PAGE:
            return
        following = wanted.where(key > rows[-1][key.name])
