"""The replaced server's table, exactly; `migrate` takes an existing one over."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("rooms", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "message_id",
                    models.BigAutoField(db_column="chat_message_id", primary_key=True, serialize=False),
                ),
                (
                    "room",
                    models.ForeignKey(
                        db_column="chat_room_id",
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="rooms.room",
                        verbose_name="room",
                    ),
                ),
                (
                    "sender",
                    models.ForeignKey(
                        db_column="user_id",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="rooms.member",
                        verbose_name="sender",
                    ),
                ),
                ("contents", models.TextField(verbose_name="contents")),
                ("created_at", models.DateTimeField(verbose_name="sent")),
                ("updated_at", models.DateTimeField(verbose_name="updated")),
            ],
            options={"db_table": "chat_messages", "verbose_name": "message", "verbose_name_plural": "messages"},
        ),
    ]
