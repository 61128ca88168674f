# Which browsers members want to be notified in.

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0020_files_of_held_messages"),
        ("rooms", "0023_how_long_files_are_kept"),
    ]

    operations = [
        migrations.CreateModel(
            name="PushSubscription",
            fields=[
                ("push_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("endpoint", models.CharField(max_length=500)),
                ("endpoint_digest", models.CharField(max_length=64, unique=True)),
                ("p256dh", models.CharField(max_length=88)),
                ("auth", models.CharField(max_length=24)),
                ("language", models.CharField(max_length=5)),
                ("seen_at", models.DateTimeField()),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="push_subscriptions",
                        to="rooms.member",
                    ),
                ),
            ],
            options={"db_table": "chat_push_subscriptions"},
        ),
    ]
