"""Roles of members, and rules of rooms. Who made a group room and is in it owns it."""

from django.db import migrations, models
from django.db.models import F


def make_creators_owners(apps, schema_editor):
    """Who made a group room and is in it owns it; nobody owns those taken over."""
    participants = apps.get_model("rooms", "Participant").objects.using(schema_editor.connection.alias)
    owners = participants.filter(room__is_group_chat=True, room__creator_id=F("member_id"))
    participants.filter(pk__in=list(owners.values_list("pk", flat=True))).update(role="owner")


class Migration(migrations.Migration):
    dependencies = [
        ("rooms", "0014_sanctions"),
    ]

    operations = [
        migrations.AddField(
            model_name="participant",
            name="muted_until",
            field=models.DateTimeField(default=None, null=True, verbose_name="muted until"),
        ),
        migrations.AddField(
            model_name="participant",
            name="on_duty",
            field=models.BooleanField(db_default=True, default=True, verbose_name="on duty"),
        ),
        migrations.AddField(
            model_name="participant",
            name="role",
            field=models.CharField(
                choices=[("owner", "owner"), ("manager", "manager"), ("member", "member")],
                db_default="member",
                default="member",
                max_length=7,
                verbose_name="role",
            ),
        ),
        migrations.AddField(
            model_name="participant",
            name="said_at",
            field=models.DateTimeField(default=None, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="room",
            name="is_counselling",
            field=models.BooleanField(db_default=False, default=False, verbose_name="counselling room"),
        ),
        migrations.AddField(
            model_name="room",
            name="is_read_only",
            field=models.BooleanField(db_default=False, default=False, verbose_name="read-only"),
        ),
        migrations.AddField(
            model_name="room",
            name="join_code",
            field=models.CharField(blank=True, db_default="", default="", max_length=16, verbose_name="join code"),
        ),
        migrations.AddField(
            model_name="room",
            name="joining",
            field=models.CharField(
                choices=[("open", "open to everyone"), ("code", "with a code"), ("approval", "by approval")],
                db_default="open",
                default="open",
                max_length=8,
                verbose_name="joining",
            ),
        ),
        migrations.AddField(
            model_name="room",
            name="slow_s",
            field=models.PositiveSmallIntegerField(db_default=0, default=0, verbose_name="slow mode"),
        ),
        migrations.RunPython(make_creators_owners, migrations.RunPython.noop),
    ]
