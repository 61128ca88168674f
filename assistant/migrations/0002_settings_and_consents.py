"""How the assistant behaves in a room, and whose words it may read."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assistant", "0001_record_assistant_runs"), ("rooms", "0006_creators_and_assistant_names")]

    operations = [
        migrations.CreateModel(
            name="Consent",
            fields=[
                (
                    "member",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="assistant_consent",
                        serialize=False,
                        to="rooms.member",
                        verbose_name="member",
                    ),
                ),
                ("readable", models.BooleanField(default=True, verbose_name="may be read")),
            ],
            options={
                "verbose_name": "consent",
                "verbose_name_plural": "consents",
                "db_table": "assistant_consents",
            },
        ),
        migrations.CreateModel(
            name="RoomSettings",
            fields=[
                (
                    "room",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="assistant_settings",
                        serialize=False,
                        to="rooms.room",
                        verbose_name="room",
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("on_call", "answers when called"),
                            ("drafts", "drafts and summaries only"),
                            ("off", "off"),
                        ],
                        default="on_call",
                        max_length=10,
                        verbose_name="mode",
                    ),
                ),
                ("persona", models.CharField(blank=True, default="", max_length=500, verbose_name="persona")),
                (
                    "is_stopped",
                    models.BooleanField(
                        default=False,
                        help_text="Whatever the mode says, the assistant does nothing in this room.",
                        verbose_name="stopped",
                    ),
                ),
            ],
            options={
                "verbose_name": "assistant in a room",
                "verbose_name_plural": "assistant in rooms",
                "db_table": "assistant_rooms",
            },
        ),
    ]
