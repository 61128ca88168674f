"""Rooms, places in them, messages: what the same promises need, an order of each room's messages among them."""

# ruff: noqa: DJ008

from typing import ClassVar

from django.db import models


class Room(models.Model):
    objects: ClassVar["models.Manager[Room]"] = models.Manager()
    last_seq = models.PositiveBigIntegerField(default=0)

    class Meta:
        app_label = "textbook"


class Participant(models.Model):
    objects: ClassVar["models.Manager[Participant]"] = models.Manager()
    room = models.ForeignKey(Room, on_delete=models.CASCADE)
    member_id = models.BigIntegerField()
    read_seq = models.PositiveBigIntegerField(default=0)

    class Meta:
        app_label = "textbook"
        unique_together = [("room", "member_id")]


class Message(models.Model):
    objects: ClassVar["models.Manager[Message]"] = models.Manager()
    room = models.ForeignKey(Room, on_delete=models.CASCADE)
    sender_id = models.BigIntegerField()
    seq = models.PositiveBigIntegerField(null=True)  # null: a tutorial numbers nothing
    contents = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "textbook"
        unique_together = [("room", "seq")]
