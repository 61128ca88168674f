"""Requests to join, objections, blocked members, and the audit log."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rooms", "0016_sanctions_of_every_kind"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("entry_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("room_id", models.PositiveBigIntegerField(default=0, verbose_name="room number")),
                ("number", models.PositiveBigIntegerField(verbose_name="number")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("act", models.CharField(max_length=32, verbose_name="act")),
                (
                    "actor_kind",
                    models.CharField(
                        choices=[
                            ("member", "member"),
                            ("staff", "staff"),
                            ("filter", "filter"),
                            ("assistant", "assistant"),
                            ("clock", "clock"),
                        ],
                        max_length=9,
                        verbose_name="who",
                    ),
                ),
                (
                    "actor_id",
                    models.PositiveBigIntegerField(default=None, null=True, verbose_name="number of who"),
                ),
                (
                    "member_id",
                    models.PositiveBigIntegerField(default=None, null=True, verbose_name="member number"),
                ),
                ("seq", models.PositiveBigIntegerField(default=None, null=True, verbose_name="message")),
                ("reason", models.CharField(blank=True, default="", max_length=500, verbose_name="reason")),
                ("until", models.DateTimeField(default=None, null=True, verbose_name="until")),
                ("details", models.TextField(blank=True, default="", verbose_name="details")),
                ("digest", models.CharField(max_length=64, verbose_name="digest")),
            ],
            options={
                "verbose_name": "entry of the audit log",
                "verbose_name_plural": "audit log",
                "db_table": "chat_audit_log",
            },
        ),
        migrations.CreateModel(
            name="JoinRequest",
            fields=[
                ("request_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("words", models.CharField(blank=True, default="", max_length=200, verbose_name="words")),
                ("made_at", models.DateTimeField(verbose_name="made")),
                ("admitted", models.BooleanField(default=None, null=True, verbose_name="admitted")),
                ("reason", models.CharField(blank=True, default="", max_length=200, verbose_name="reason")),
                ("decided_at", models.DateTimeField(default=None, null=True, verbose_name="decided")),
            ],
            options={
                "verbose_name": "request to join",
                "verbose_name_plural": "requests to join",
                "db_table": "chat_join_requests",
            },
        ),
        migrations.CreateModel(
            name="MemberBlock",
            fields=[
                ("block_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("since", models.DateTimeField(verbose_name="since")),
            ],
            options={
                "verbose_name": "blocked member",
                "verbose_name_plural": "blocked members",
                "db_table": "chat_member_blocks",
            },
        ),
        migrations.CreateModel(
            name="Objection",
            fields=[
                ("objection_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("words", models.CharField(max_length=1000, verbose_name="words")),
                ("made_at", models.DateTimeField(verbose_name="made")),
                (
                    "decision",
                    models.CharField(
                        blank=True,
                        choices=[("granted", "granted"), ("upheld", "upheld")],
                        default="",
                        max_length=8,
                        verbose_name="decision",
                    ),
                ),
                ("answer", models.CharField(blank=True, default="", max_length=500, verbose_name="answer")),
                ("decided_at", models.DateTimeField(default=None, null=True, verbose_name="decided")),
            ],
            options={
                "verbose_name": "objection",
                "verbose_name_plural": "objections",
                "db_table": "chat_objections",
            },
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["member_id", "entry_id"], name="audit_by_member"),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["at"], name="audit_by_time"),
        ),
        migrations.AddConstraint(
            model_name="auditentry",
            constraint=models.UniqueConstraint(fields=("room_id", "number"), name="one_audit_entry_per_number"),
        ),
        migrations.AddField(
            model_name="joinrequest",
            name="decided_by",
            field=models.ForeignKey(
                default=None,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="rooms.member",
                verbose_name="decided by",
            ),
        ),
        migrations.AddField(
            model_name="joinrequest",
            name="decided_by_staff",
            field=models.ForeignKey(
                default=None,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="decided by staff",
            ),
        ),
        migrations.AddField(
            model_name="joinrequest",
            name="member",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="join_requests",
                to="rooms.member",
                verbose_name="member",
            ),
        ),
        migrations.AddField(
            model_name="joinrequest",
            name="room",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="join_requests",
                to="rooms.room",
                verbose_name="room",
            ),
        ),
        migrations.AddField(
            model_name="memberblock",
            name="blocked",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="rooms.member",
                verbose_name="blocked member",
            ),
        ),
        migrations.AddField(
            model_name="memberblock",
            name="member",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="blocked_members",
                to="rooms.member",
                verbose_name="member",
            ),
        ),
        migrations.AddField(
            model_name="objection",
            name="decided_by",
            field=models.ForeignKey(
                default=None,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="decided by",
            ),
        ),
        migrations.AddField(
            model_name="objection",
            name="sanction",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="objection",
                to="rooms.sanction",
                verbose_name="sanction",
            ),
        ),
        migrations.AddIndex(
            model_name="joinrequest",
            index=models.Index(fields=["room", "member"], name="requests_by_room_and_member"),
        ),
        migrations.AddConstraint(
            model_name="memberblock",
            constraint=models.UniqueConstraint(fields=("member", "blocked"), name="one_block_per_pair"),
        ),
    ]
