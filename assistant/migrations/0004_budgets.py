"""How much may be used and how much was, and the switch that stops everything. See `accounts.budgets`."""

from django.db import migrations, models

# scope: calls per minute and day, tokens per minute and day
BUDGETS = {
    "member": (10, 200, 60_000, 600_000),
    "room": (20, 1_000, 120_000, 3_000_000),
    "everywhere": (120, 10_000, 600_000, 20_000_000),
}


def make_rows(apps, schema_editor):
    alias = schema_editor.connection.alias
    for scope, (calls_per_minute, calls_per_day, tokens_per_minute, tokens_per_day) in BUDGETS.items():
        apps.get_model("assistant", "Budget").objects.using(alias).get_or_create(
            scope=scope,
            defaults={
                "calls_per_minute": calls_per_minute,
                "calls_per_day": calls_per_day,
                "tokens_per_minute": tokens_per_minute,
                "tokens_per_day": tokens_per_day,
            },
        )
    apps.get_model("assistant", "Switch").objects.using(alias).get_or_create(pk=1)


class Migration(migrations.Migration):
    dependencies = [("assistant", "0003_attempts_and_receipts")]

    operations = [
        migrations.CreateModel(
            name="Budget",
            fields=[
                (
                    "scope",
                    models.CharField(
                        choices=[("member", "one member"), ("room", "one room"), ("everywhere", "everywhere")],
                        max_length=10,
                        primary_key=True,
                        serialize=False,
                        verbose_name="scope",
                    ),
                ),
                ("calls_per_minute", models.PositiveIntegerField(verbose_name="calls per minute")),
                ("calls_per_day", models.PositiveIntegerField(verbose_name="calls per day")),
                ("tokens_per_minute", models.PositiveBigIntegerField(verbose_name="tokens per minute")),
                ("tokens_per_day", models.PositiveBigIntegerField(verbose_name="tokens per day")),
            ],
            options={
                "verbose_name": "budget",
                "verbose_name_plural": "budgets",
                "db_table": "assistant_budgets",
            },
        ),
        migrations.CreateModel(
            name="Switch",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                (
                    "is_stopped",
                    models.BooleanField(
                        default=False,
                        help_text="No answer, draft or summary anywhere; answers under way stop within seconds.",
                        verbose_name="stopped everywhere",
                    ),
                ),
            ],
            options={
                "verbose_name": "switch",
                "verbose_name_plural": "switch",
                "db_table": "assistant_switch",
            },
        ),
        migrations.CreateModel(
            name="Usage",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                (
                    "scope",
                    models.CharField(
                        choices=[("member", "one member"), ("room", "one room"), ("everywhere", "everywhere")],
                        max_length=10,
                        verbose_name="scope",
                    ),
                ),
                ("subject_id", models.PositiveBigIntegerField(verbose_name="number")),
                ("day", models.DateField(verbose_name="day")),
                ("calls", models.PositiveIntegerField(default=0, verbose_name="calls")),
                ("tokens", models.PositiveBigIntegerField(default=0, verbose_name="tokens")),
                ("minute", models.PositiveSmallIntegerField(default=0, verbose_name="minute of the day")),
                ("minute_calls", models.PositiveIntegerField(default=0, verbose_name="calls in that minute")),
                ("minute_tokens", models.PositiveBigIntegerField(default=0, verbose_name="tokens in that minute")),
            ],
            options={
                "verbose_name": "use",
                "verbose_name_plural": "use",
                "db_table": "assistant_usage",
            },
        ),
        migrations.AddConstraint(
            model_name="usage",
            constraint=models.UniqueConstraint(
                fields=("scope", "subject_id", "day"), name="one_usage_per_subject_and_day"
            ),
        ),
        migrations.RunPython(make_rows, migrations.RunPython.noop),
    ]
