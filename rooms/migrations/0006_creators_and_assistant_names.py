"""Who made a room, and what the assistant is called there. Rooms that are older have nobody and no name."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rooms", "0005_find_group_rooms"),
    ]

    operations = [
        migrations.AddField(
            model_name="room",
            name="assistant_name",
            field=models.CharField(blank=True, default="", max_length=20, verbose_name="name of the assistant"),
        ),
        migrations.AddField(
            model_name="room",
            name="creator",
            field=models.ForeignKey(
                default=None,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="rooms.member",
                verbose_name="made by",
            ),
        ),
    ]
