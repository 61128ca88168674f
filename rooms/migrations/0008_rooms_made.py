"""How many rooms a member made today, for the limit on it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rooms", "0007_blocks"),
    ]

    operations = [
        migrations.CreateModel(
            name="RoomsMade",
            fields=[
                (
                    "member",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="rooms.member",
                    ),
                ),
                ("day", models.DateField()),
                ("number", models.PositiveIntegerField(default=0)),
            ],
            options={
                "db_table": "chat_rooms_made",
            },
        ),
    ]
