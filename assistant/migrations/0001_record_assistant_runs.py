"""The table of the assistant's runs; its unique constraint is the claim of a trigger."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("rooms", "0002_order_and_pairs"),
    ]

    operations = [
        migrations.CreateModel(
            name="AssistantRun",
            fields=[
                ("run_id", models.CharField(max_length=32, primary_key=True, serialize=False, verbose_name="run")),
                ("trigger_seq", models.PositiveBigIntegerField(verbose_name="answers message")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "queued"),
                            ("running", "running"),
                            ("done", "answered"),
                            ("stopped", "stopped"),
                            ("failed", "failed"),
                            ("blocked", "blocked for safety"),
                        ],
                        default="queued",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "model_asked",
                    models.CharField(blank=True, default="", max_length=100, verbose_name="model asked"),
                ),
                (
                    "model_served",
                    models.CharField(blank=True, default="", max_length=100, verbose_name="model served"),
                ),
                (
                    "total_tokens",
                    models.PositiveIntegerField(blank=True, default=None, null=True, verbose_name="tokens"),
                ),
                ("error_code", models.CharField(blank=True, default="", max_length=10, verbose_name="error")),
                (
                    "answer_seq",
                    models.PositiveBigIntegerField(blank=True, default=None, null=True, verbose_name="answer"),
                ),
                ("created_at", models.DateTimeField(verbose_name="asked at")),
                (
                    "finished_at",
                    models.DateTimeField(blank=True, default=None, null=True, verbose_name="finished at"),
                ),
                (
                    "asker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assistant_runs",
                        to="rooms.member",
                        verbose_name="asked by",
                    ),
                ),
                (
                    "room",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="assistant_runs",
                        to="rooms.room",
                        verbose_name="room",
                    ),
                ),
            ],
            options={
                "verbose_name": "assistant run",
                "verbose_name_plural": "assistant runs",
                "db_table": "assistant_runs",
                "indexes": [models.Index(fields=["room", "state"], name="run_by_room_and_state")],
                "constraints": [
                    models.UniqueConstraint(fields=("room", "trigger_seq"), name="one_run_per_trigger")
                ],
            },
        ),
    ]
