"""What becomes of a column when a member whom it names, or whose words it holds, is erased. No model stands here.

Each model says it of its columns in a class attribute `member_data`; its test finds columns of which nothing is
said. What can be done by these words alone is done by them: see `messaging.personal.erasing.rows`.
"""

from enum import Enum
from typing import NamedTuple, Self


class Policy(Enum):
    KEEP = "keep"
    ANONYMISE = "anonymise"
    DELETE = "delete"


class MemberData(NamedTuple):
    """`why` is read by whoever answers for it: an operator, a member who asks, a data protection authority.

    `of`: of a column of words, the column of the same row (or a path to one) that names whose words they are. They
    are emptied with it. Without it whoever erases knows how: see `BY_HAND` in the module named above.
    """

    policy: Policy
    why: str
    of: str = ""

    @classmethod
    def keep(cls, why: str) -> Self:
        """It stays as it is: it is nobody's, or somebody else's, or a law or the safety of others wants it."""
        return cls(Policy.KEEP, why)

    @classmethod
    def anonymise(cls, why: str, *, of: str = "") -> Self:
        """The row stays; the column is emptied, or what it holds of the member is taken out."""
        return cls(Policy.ANONYMISE, why, of)

    @classmethod
    def delete(cls, why: str) -> Self:
        """The whole row goes."""
        return cls(Policy.DELETE, why)


NOBODYS = MemberData.keep("It holds no words of a member: a number, a hash, a name or a setting of ours.")
OF_STAFF = MemberData.keep("Staff wrote it, or whoever keeps the room: it is no part of what the member said.")
ROW_GOES = MemberData.delete("It is in a row that goes with its member.")
OF_ROOM = MemberData.keep("The room is everybody's in it.")
IN_OFFICE = MemberData.anonymise("Whoever keeps rooms did it in their office: the log has by whom, for its time.")
