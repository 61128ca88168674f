# The epoch of the database, and what members and the law ask for: erasures, exports, holds.

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0022_words_for_staff"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="deployment",
            name="epoch",
            field=models.CharField(db_default="", default="", max_length=16),
        ),
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("erasure_id", models.BigAutoField(primary_key=True, serialize=False, verbose_name="receipt")),
                ("member_id", models.PositiveBigIntegerField(db_index=True, verbose_name="member number")),
                (
                    "asked_by_kind",
                    models.CharField(
                        choices=[
                            ("member", "member"),
                            ("staff", "staff"),
                            ("filter", "filter"),
                            ("assistant", "assistant"),
                            ("clock", "clock"),
                            ("server", "main server"),
                        ],
                        max_length=9,
                        verbose_name="asked by",
                    ),
                ),
                (
                    "asked_by_id",
                    models.PositiveBigIntegerField(default=None, null=True, verbose_name="number of who asked"),
                ),
                ("asked_at", models.DateTimeField(verbose_name="asked")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "waits"), ("running", "under way"), ("done", "done")],
                        default="waiting",
                        max_length=7,
                        verbose_name="state",
                    ),
                ),
                ("counts", models.TextField(default="{}", verbose_name="counts")),
                ("holder", models.CharField(default="", editable=False, max_length=64)),
                ("held_until", models.DateTimeField(default=None, editable=False, null=True)),
                ("finished_at", models.DateTimeField(default=None, null=True, verbose_name="finished")),
            ],
            options={
                "verbose_name": "erasure",
                "verbose_name_plural": "erasures",
                "db_table": "chat_erasures",
                "indexes": [models.Index(fields=["state", "erasure_id"], name="erasures_by_state")],
            },
        ),
        migrations.CreateModel(
            name="Export",
            fields=[
                ("export_id", models.BigAutoField(primary_key=True, serialize=False, verbose_name="number")),
                ("member_id", models.PositiveBigIntegerField(db_index=True, verbose_name="member number")),
                (
                    "asked_by_kind",
                    models.CharField(
                        choices=[
                            ("member", "member"),
                            ("staff", "staff"),
                            ("filter", "filter"),
                            ("assistant", "assistant"),
                            ("clock", "clock"),
                            ("server", "main server"),
                        ],
                        max_length=9,
                        verbose_name="asked by",
                    ),
                ),
                (
                    "asked_by_id",
                    models.PositiveBigIntegerField(default=None, null=True, verbose_name="number of who asked"),
                ),
                ("asked_at", models.DateTimeField(verbose_name="asked")),
                ("language", models.CharField(default="ko", max_length=5)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waits"),
                            ("making", "being made"),
                            ("ready", "ready"),
                            ("failed", "failed"),
                            ("gone", "no longer kept"),
                        ],
                        default="waiting",
                        max_length=7,
                        verbose_name="state",
                    ),
                ),
                ("key", models.CharField(max_length=32, unique=True)),
                ("size", models.PositiveBigIntegerField(default=0, verbose_name="bytes")),
                ("holder", models.CharField(default="", editable=False, max_length=64)),
                ("held_until", models.DateTimeField(default=None, editable=False, null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("ready_at", models.DateTimeField(default=None, null=True, verbose_name="ready since")),
                ("expires_at", models.DateTimeField(default=None, null=True, verbose_name="kept until")),
            ],
            options={
                "verbose_name": "export",
                "verbose_name_plural": "exports",
                "db_table": "chat_exports",
                "indexes": [models.Index(fields=["state", "expires_at"], name="exports_by_state")],
            },
        ),
        migrations.CreateModel(
            name="LegalHold",
            fields=[
                ("hold_id", models.BigAutoField(primary_key=True, serialize=False, verbose_name="number")),
                (
                    "member_id",
                    models.PositiveBigIntegerField(
                        blank=True, default=None, null=True, verbose_name="member number"
                    ),
                ),
                (
                    "room_id",
                    models.PositiveBigIntegerField(
                        blank=True, default=None, null=True, verbose_name="room number"
                    ),
                ),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                ("made_at", models.DateTimeField(verbose_name="since")),
                ("until", models.DateTimeField(verbose_name="until")),
                ("lifted_at", models.DateTimeField(default=None, null=True, verbose_name="lifted")),
                (
                    "staff",
                    models.ForeignKey(
                        default=None,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="ordered by staff",
                    ),
                ),
            ],
            options={
                "verbose_name": "legal hold",
                "verbose_name_plural": "legal holds",
                "db_table": "chat_legal_holds",
            },
        ),
        migrations.CreateModel(
            name="HeldRecord",
            fields=[
                ("record_id", models.BigAutoField(primary_key=True, serialize=False, verbose_name="number")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("message", "message"),
                            ("earlier", "earlier text"),
                            ("file", "file"),
                            ("other", "other"),
                        ],
                        max_length=7,
                        verbose_name="kind",
                    ),
                ),
                ("room_id", models.PositiveBigIntegerField(default=None, null=True, verbose_name="room number")),
                ("seq", models.PositiveBigIntegerField(default=None, null=True, verbose_name="message")),
                (
                    "member_id",
                    models.PositiveBigIntegerField(default=None, null=True, verbose_name="member number"),
                ),
                ("contents", models.TextField(verbose_name="contents")),
                ("made_at", models.DateTimeField(verbose_name="said")),
                ("kept_at", models.DateTimeField(verbose_name="kept since")),
                (
                    "hold",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="records",
                        to="messaging.legalhold",
                        verbose_name="hold",
                    ),
                ),
            ],
            options={
                "verbose_name": "record kept by a hold",
                "verbose_name_plural": "records kept by holds",
                "db_table": "chat_held_records",
            },
        ),
        migrations.AddIndex(
            model_name="legalhold",
            index=models.Index(fields=["member_id", "until"], name="holds_by_member"),
        ),
        migrations.AddIndex(
            model_name="legalhold",
            index=models.Index(fields=["room_id", "until"], name="holds_by_room"),
        ),
        migrations.AddConstraint(
            model_name="legalhold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("member_id__isnull", False), ("room_id", None)),
                    models.Q(("member_id", None), ("room_id__isnull", False)),
                    _connector="OR",
                ),
                name="holds_are_of_a_member_or_a_room",
            ),
        ),
        migrations.AddIndex(
            model_name="heldrecord",
            index=models.Index(fields=["hold", "room_id", "seq"], name="records_by_message"),
        ),
    ]
