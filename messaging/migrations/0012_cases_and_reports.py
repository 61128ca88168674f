"""What members report, and what becomes of it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0011_hidden_and_held"),
        ("rooms", "0014_sanctions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Case",
            fields=[
                ("case_id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "subject",
                    models.CharField(
                        choices=[("message", "message"), ("member", "member"), ("room", "room")],
                        max_length=7,
                        verbose_name="subject",
                    ),
                ),
                ("room_id", models.PositiveBigIntegerField(verbose_name="room number")),
                ("room_name", models.CharField(blank=True, default="", max_length=100, verbose_name="room")),
                ("seq", models.PositiveBigIntegerField(default=None, null=True, verbose_name="message")),
                (
                    "member_id",
                    models.PositiveBigIntegerField(default=None, null=True, verbose_name="member number"),
                ),
                ("member_name", models.CharField(blank=True, default="", max_length=40, verbose_name="member")),
                (
                    "open_key",
                    models.CharField(default=None, editable=False, max_length=64, null=True, unique=True),
                ),
                ("is_for_staff", models.BooleanField(default=False, verbose_name="for staff")),
                ("is_urgent", models.BooleanField(default=False, verbose_name="urgent")),
                ("opened_at", models.DateTimeField(verbose_name="opened")),
                ("due_at", models.DateTimeField(verbose_name="due")),
                ("claimed_by", models.PositiveBigIntegerField(default=None, null=True)),
                ("claimed_until", models.DateTimeField(default=None, null=True, verbose_name="claimed until")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("dismissed", "no breach"),
                            ("hidden", "message hidden"),
                            ("measure", "temporary measure"),
                            ("muted", "muted"),
                            ("removed", "removed from the room"),
                            ("cared", "cared for"),
                        ],
                        default="",
                        max_length=9,
                        verbose_name="outcome",
                    ),
                ),
                ("reason", models.CharField(blank=True, default="", max_length=500, verbose_name="reason")),
                ("until", models.DateTimeField(default=None, null=True, verbose_name="until")),
                ("decided_by", models.PositiveBigIntegerField(default=None, null=True)),
                ("decided_at", models.DateTimeField(default=None, null=True, verbose_name="decided")),
                (
                    "claimed_by_staff",
                    models.ForeignKey(
                        default=None,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="claimed by",
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
                        verbose_name="decided by",
                    ),
                ),
            ],
            options={
                "verbose_name": "case",
                "verbose_name_plural": "cases",
                "db_table": "chat_cases",
            },
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                ("report_id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "source",
                    models.CharField(
                        choices=[("member", "member"), ("filter", "filter")],
                        default="member",
                        max_length=6,
                        verbose_name="by",
                    ),
                ),
                ("reason", models.CharField(max_length=20, verbose_name="reason")),
                ("words", models.CharField(blank=True, default="", max_length=1000, verbose_name="words")),
                ("evidence", models.TextField(verbose_name="evidence")),
                ("made_at", models.DateTimeField(verbose_name="reported")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reports",
                        to="messaging.case",
                        verbose_name="case",
                    ),
                ),
                (
                    "reporter",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="rooms.member",
                        verbose_name="reporter",
                    ),
                ),
            ],
            options={
                "verbose_name": "report",
                "verbose_name_plural": "reports",
                "db_table": "chat_reports",
            },
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["decided_at", "due_at"], name="cases_by_due_time"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["room_id", "decided_at"], name="cases_by_room"),
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(fields=["made_at"], name="reports_by_time"),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.UniqueConstraint(fields=("case", "reporter"), name="one_report_per_case_and_member"),
        ),
    ]
