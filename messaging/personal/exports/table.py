"""What an export has of one table. No queries: see `reading`."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils.functional import Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The rows of a model whose column `by` says the member, under `name` in export.json.

    `columns` by the ORM's names, which become camelCase; `called`: those that are called otherwise there. `order`:
    what an index brings them in.
    """

    model: str
    by: str
    name: str
    title: Promise
    columns: tuple[str, ...]
    called: Mapping[str, str] = field(default_factory=dict)
    order: tuple[str, ...] = ("pk",)
    only: Q = field(default_factory=Q)

    def json_name(self, column: str) -> str:
        first, *others = self.called.get(column, column).removeprefix("is_").split("_")
        return first + "".join(part.capitalize() for part in others)
