"""Signatures of chunks of messages, for the search. Those of what is there already: `manage.py index_messages`."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messaging", "0009_living_messages")]

    operations = [
        migrations.CreateModel(
            name="SearchSignature",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "slice", "chunk", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("slice", models.PositiveSmallIntegerField()),
                ("chunk", models.PositiveBigIntegerField()),
                ("prints", models.BinaryField()),
            ],
            options={"db_table": "chat_search_signatures"},
        ),
        migrations.CreateModel(
            name="SearchStale",
            fields=[("chunk", models.PositiveBigIntegerField(primary_key=True, serialize=False))],
            options={"db_table": "chat_search_stale"},
        ),
        migrations.CreateModel(
            name="SearchProgress",
            fields=[
                ("progress_id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("first", models.PositiveBigIntegerField()),
                ("end", models.PositiveBigIntegerField()),
            ],
            options={"db_table": "chat_search_progress"},
        ),
    ]
