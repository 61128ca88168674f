"""How often somebody tried to sign in as staff. Members have no passwords here."""

from typing import ClassVar

from django.db import models


class SignInLine(models.Model):
    """The attempts of one window on one line: an address, an account, a browser, or two of them together."""

    # a keyed hash of what is counted: addresses, and what people type by mistake, stay out of the database
    key = models.CharField(primary_key=True, max_length=64)
    attempts = models.PositiveIntegerField(default=0)
    ends_at = models.DateTimeField()

    class Meta:
        db_table = "staff_sign_in_lines"
        indexes: ClassVar = [models.Index(fields=["ends_at"], name="sign_in_lines_by_end")]

    def __str__(self) -> str:
        return self.key[:8]
