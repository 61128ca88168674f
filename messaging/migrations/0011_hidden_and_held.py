"""Hidden messages, the word filter, and what waits for a manager."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0010_signatures_for_search"),
        ("rooms", "0014_sanctions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="hidden_at",
            field=models.DateTimeField(default=None, null=True, verbose_name="hidden"),
        ),
        migrations.CreateModel(
            name="FilterRule",
            fields=[
                ("rule_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pattern", models.CharField(max_length=100, verbose_name="words")),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("block", "refuse"),
                            ("hold", "hold for a manager"),
                            ("flag", "only flag"),
                            ("allow", "allow"),
                        ],
                        default="hold",
                        max_length=5,
                        verbose_name="action",
                    ),
                ),
                ("note", models.CharField(blank=True, default="", max_length=200, verbose_name="note")),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("made_at", models.DateTimeField(verbose_name="made")),
                ("updated_at", models.DateTimeField(auto_now=True, db_index=True, verbose_name="updated")),
                (
                    "made_by",
                    models.ForeignKey(
                        default=None,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="rooms.member",
                        verbose_name="made by",
                    ),
                ),
                (
                    "made_by_staff",
                    models.ForeignKey(
                        default=None,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="made by staff",
                    ),
                ),
                (
                    "room",
                    models.ForeignKey(
                        blank=True,
                        default=None,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="filter_rules",
                        to="rooms.room",
                        verbose_name="room",
                    ),
                ),
            ],
            options={
                "verbose_name": "filter rule",
                "verbose_name_plural": "filter rules",
                "db_table": "chat_filter_rules",
            },
        ),
        migrations.CreateModel(
            name="HeldMessage",
            fields=[
                ("held_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("contents", models.TextField(verbose_name="contents")),
                ("client_id", models.CharField(max_length=32)),
                ("reply_to", models.PositiveBigIntegerField(default=None, null=True)),
                ("mentions", models.TextField(blank=True, default="")),
                ("everyone", models.BooleanField(default=False)),
                (
                    "why",
                    models.CharField(
                        choices=[("filter", "word filter"), ("flood", "flood")], max_length=6, verbose_name="why"
                    ),
                ),
                ("rule_id", models.PositiveBigIntegerField(default=None, null=True, verbose_name="rule")),
                ("matched", models.CharField(blank=True, default="", max_length=100, verbose_name="found")),
                ("held_at", models.DateTimeField(verbose_name="held")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "waits"), ("released", "released"), ("rejected", "rejected")],
                        default="waiting",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("reason", models.CharField(blank=True, default="", max_length=200, verbose_name="reason")),
                ("decided_at", models.DateTimeField(default=None, null=True, verbose_name="decided")),
                ("seq", models.PositiveBigIntegerField(default=None, null=True, verbose_name="number")),
                (
                    "decided_by",
                    models.ForeignKey(
                        default=None,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="rooms.member",
                        verbose_name="decided by",
                    ),
                ),
                (
                    "decided_by_staff",
                    models.ForeignKey(
                        default=None,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by staff",
                    ),
                ),
                (
                    "room",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="held_messages",
                        to="rooms.room",
                        verbose_name="room",
                    ),
                ),
                (
                    "sender",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="held_messages",
                        to="rooms.member",
                        verbose_name="sender",
                    ),
                ),
            ],
            options={
                "verbose_name": "held message",
                "verbose_name_plural": "held messages",
                "db_table": "chat_held_messages",
            },
        ),
        migrations.AddIndex(
            model_name="heldmessage",
            index=models.Index(fields=["room", "state", "held_id"], name="held_by_room_and_state"),
        ),
        migrations.AddConstraint(
            model_name="heldmessage",
            constraint=models.UniqueConstraint(
                fields=("room", "sender", "client_id"), name="one_held_message_per_client_id"
            ),
        ),
    ]
