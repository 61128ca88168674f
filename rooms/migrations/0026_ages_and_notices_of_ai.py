# Who is under 14, and who was told that an AI is in a room.

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rooms", "0025_how_long_messages_are_kept")]

    operations = [
        migrations.CreateModel(
            name="MemberAge",
            fields=[
                (
                    "member",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="age",
                        serialize=False,
                        to="rooms.member",
                        verbose_name="member",
                    ),
                ),
                ("is_under14", models.BooleanField(verbose_name="under 14")),
                ("said_at", models.DateTimeField(verbose_name="said")),
            ],
            options={"db_table": "chat_member_ages", "verbose_name": "age", "verbose_name_plural": "ages"},
        ),
        migrations.AddField(
            model_name="participant",
            name="ai_told_at",
            field=models.DateTimeField(default=None, editable=False, null=True),
        ),
    ]
