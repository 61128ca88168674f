"""What becomes of a column when a member whom it names, or whose words it holds, is erased. No model stands here.

Each model says it of its columns in a class attribute `member_data`; tests/chatproject/test_member_data.py finds
columns of which nothing is said. The erasing itself is in `messaging.personal`.
"""

from enum import Enum
from typing import NamedTuple, Self


class Policy(Enum):
    KEEP = "keep"
    ANONYMISE = "anonymise"
    DELETE = "delete"


class MemberData(NamedTuple):
    """`why` is read by whoever answers for it: an operator, a member who asks, a data protection authority."""

    policy: Policy
    why: str

    @classmethod
    def keep(cls, why: str) -> Self:
        """It stays as it is: it is nobody's, or somebody else's, or a law or the safety of others wants it."""
        return cls(Policy.KEEP, why)

    @classmethod
    def anonymise(cls, why: str) -> Self:
        """The row stays; the column is emptied, or what it holds of the member is taken out."""
        return cls(Policy.ANONYMISE, why)

    @classmethod
    def delete(cls, why: str) -> Self:
        """The whole row goes."""
        return cls(Policy.DELETE, why)
