"""The tables of the search. Django finds them through `messaging.models`."""

from typing import ClassVar

from django.db import models

from chatproject.member_data import MemberData


class SearchSignature(models.Model):
    """What was said in a chunk of messages, as fingerprints: see `messaging.search.signatures`.

    The key is in this order because a search reads one slice of many chunks.
    """

    pk = models.CompositePrimaryKey("slice", "chunk")
    slice = models.PositiveSmallIntegerField()
    chunk = models.PositiveBigIntegerField()
    prints = models.BinaryField()

    member_data: ClassVar = {
        "prints": MemberData.anonymise("Made anew of what is said by then."),
    }

    class Meta:
        db_table = "chat_search_signatures"

    def __str__(self) -> str:
        return f"{self.slice}/{self.chunk}"


class SearchStale(models.Model):
    """A chunk in which a text has changed since its signature was made, or while it is being made."""

    chunk = models.PositiveBigIntegerField(primary_key=True)

    class Meta:
        db_table = "chat_search_stale"

    def __str__(self) -> str:
        return str(self.chunk)


class SearchProgress(models.Model):
    """The one row that says which chunks have signatures: from `first` on, those before `end`.

    Whoever makes signatures holds its lock, so that no two processes make the same.
    """

    ONLY = 1

    progress_id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    first = models.PositiveBigIntegerField()
    end = models.PositiveBigIntegerField()

    class Meta:
        db_table = "chat_search_progress"

    def __str__(self) -> str:
        return f"{self.first}–{self.end}"
