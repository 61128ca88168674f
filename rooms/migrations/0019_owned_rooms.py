"""Which rooms are somebody's: those that have an owner now. When that one goes, another follows."""

from django.db import migrations, models


def mark_owned_rooms(apps, schema_editor):
    using = schema_editor.connection.alias
    participants = apps.get_model("rooms", "Participant").objects.using(using).filter(role="owner")
    rooms = apps.get_model("rooms", "Room").objects.using(using)
    rooms.filter(pk__in=list(participants.values_list("room_id", flat=True))).update(is_owned=True)


class Migration(migrations.Migration):
    dependencies = [
        ("rooms", "0018_strangers_written_to"),
    ]

    operations = [
        migrations.AddField(
            model_name="room",
            name="is_owned",
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.RunPython(mark_owned_rooms, migrations.RunPython.noop),
    ]
