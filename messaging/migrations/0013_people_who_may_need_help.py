"""Signals, help lines and concerns."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0012_cases_and_reports"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HelpLine",
            fields=[
                ("line_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                (
                    "kind",
                    models.CharField(
                        choices=[("call", "call"), ("text", "text")],
                        default="call",
                        max_length=4,
                        verbose_name="kind",
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("name_en", models.CharField(max_length=60, verbose_name="name in English")),
                ("number", models.CharField(blank=True, default="", max_length=40, verbose_name="number")),
                ("address", models.URLField(blank=True, default="", verbose_name="address")),
                ("hours", models.CharField(blank=True, default="", max_length=60, verbose_name="hours")),
                (
                    "hours_en",
                    models.CharField(blank=True, default="", max_length=60, verbose_name="hours in English"),
                ),
                ("checked_on", models.DateField(verbose_name="checked on")),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
            ],
            options={
                "verbose_name": "help line",
                "verbose_name_plural": "help lines",
                "db_table": "chat_help_lines",
            },
        ),
        migrations.CreateModel(
            name="SignalWord",
            fields=[
                ("signal_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pattern", models.CharField(max_length=100, verbose_name="words")),
                ("is_innocent", models.BooleanField(default=False, verbose_name="innocent")),
                ("note", models.CharField(blank=True, default="", max_length=200, verbose_name="note")),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("updated_at", models.DateTimeField(auto_now=True, db_index=True, verbose_name="updated")),
            ],
            options={
                "verbose_name": "signal",
                "verbose_name_plural": "signals",
                "db_table": "chat_signal_words",
            },
        ),
        migrations.CreateModel(
            name="Concern",
            fields=[
                ("concern_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("room_id", models.PositiveBigIntegerField(verbose_name="room number")),
                (
                    "member_id",
                    models.PositiveBigIntegerField(default=None, null=True, verbose_name="member number"),
                ),
                ("seq", models.PositiveBigIntegerField(default=None, null=True, verbose_name="message")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("words", "words"),
                            ("report", "report"),
                            ("assistant", "assistant"),
                            ("failure", "could not be looked at"),
                        ],
                        max_length=9,
                        verbose_name="noticed by",
                    ),
                ),
                ("signal_id", models.PositiveBigIntegerField(default=None, null=True, verbose_name="signal")),
                ("raised_at", models.DateTimeField(verbose_name="raised")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "open"), ("seen", "seen"), ("closed", "closed")],
                        default="open",
                        max_length=6,
                        verbose_name="state",
                    ),
                ),
                ("note", models.CharField(blank=True, default="", max_length=500, verbose_name="note")),
                ("seen_by", models.PositiveBigIntegerField(default=None, null=True)),
                ("seen_at", models.DateTimeField(default=None, null=True, verbose_name="seen")),
                ("closed_at", models.DateTimeField(default=None, null=True, verbose_name="closed")),
                ("card_closed_at", models.DateTimeField(default=None, null=True)),
                (
                    "seen_by_staff",
                    models.ForeignKey(
                        default=None,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="seen by",
                    ),
                ),
            ],
            options={
                "verbose_name": "concern",
                "verbose_name_plural": "concerns",
                "db_table": "chat_concerns",
            },
        ),
        migrations.AddIndex(
            model_name="concern",
            index=models.Index(fields=["state", "raised_at"], name="concerns_by_state"),
        ),
        migrations.AddIndex(
            model_name="concern",
            index=models.Index(fields=["room_id", "state"], name="concerns_by_room"),
        ),
        migrations.AddIndex(
            model_name="concern",
            index=models.Index(fields=["member_id", "state"], name="concerns_by_member"),
        ),
    ]
