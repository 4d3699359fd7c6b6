"""Questions for dozens of keys at once, each answered by a walk along an index.

A key that very many share costs no more than one that few share. `{key}` and `{limit}` stand in a query for what is
asked.
"""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection

_OF_EACH = "SELECT t.* FROM unnest(%(keys)s::bigint[]) AS k (key), LATERAL ({}) AS t"
_LISTED = "SELECT k.key, (SELECT group_concat(id) FROM ({})) FROM (SELECT value AS key FROM json_each(?)) AS k"


def of_each(connection: Connection, query: str, keys: Iterable[int], limit: int) -> list[tuple[Any, ...]]:
    """The rows that a query gives for each of the keys, so many for each at most.

    SQLite is asked for one key after the other, which costs it less than one long question; PostgreSQL once.
    """
    if connection.dialect.name == "sqlite":
        cursor, one = connection.connection.cursor(), query.format(key="?", limit="?")
        return [row for key in keys for row in cursor.execute(one, (key, limit))]
    each = _OF_EACH.format(query.format(key="k.key", limit=limit))
    return [tuple(row) for row in connection.exec_driver_sql(each, {"keys": list(keys)})]


def listed(connection: Connection, query: str, keys: Iterable[int], limit: int) -> dict[int, list[int]]:
    """The ids that a query gives for each of the keys, so many for each at most; without those for which it gives none.

    One question for dozens of keys; SQLite gives the ids of each as one text, which costs half as much as rows.
    """
    found: dict[int, list[int]] = {}
    if connection.dialect.name == "sqlite":
        asked = _LISTED.format(query.format(key="k.key", limit=limit))
        rows = connection.connection.cursor().execute(asked, (json.dumps(list(keys)),))
        return {key: list(map(int, ids.split(","))) for key, ids in rows if ids}
    for key, each in of_each(connection, query, keys, limit):
        found.setdefault(key, []).append(each)
    return found
