"""A message may be answered anew; each answer keeps a receipt, a lease and who holds it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assistant", "0002_settings_and_consents")]

    operations = [
        migrations.RemoveConstraint(
            model_name="assistantrun",
            name="one_run_per_trigger",
        ),
        migrations.AddField(
            model_name="assistantrun",
            name="attempt",
            field=models.PositiveIntegerField(default=1, verbose_name="attempt"),
        ),
        migrations.AddField(
            model_name="assistantrun",
            name="first_word_ms",
            field=models.PositiveIntegerField(
                blank=True, default=None, null=True, verbose_name="first word after (ms)"
            ),
        ),
        migrations.AddField(
            model_name="assistantrun",
            name="lease_until",
            field=models.DateTimeField(blank=True, default=None, null=True, verbose_name="lease ends"),
        ),
        migrations.AddField(
            model_name="assistantrun",
            name="output_tokens",
            field=models.PositiveIntegerField(blank=True, default=None, null=True, verbose_name="tokens written"),
        ),
        migrations.AddField(
            model_name="assistantrun",
            name="owner",
            field=models.CharField(blank=True, default="", max_length=32, verbose_name="process"),
        ),
        migrations.AddField(
            model_name="assistantrun",
            name="prompt_tokens",
            field=models.PositiveIntegerField(blank=True, default=None, null=True, verbose_name="tokens read"),
        ),
        migrations.AddField(
            model_name="assistantrun",
            name="read_seqs",
            field=models.JSONField(blank=True, default=list, verbose_name="read messages"),
        ),
        migrations.AddField(
            model_name="assistantrun",
            name="retries",
            field=models.PositiveIntegerField(default=0, verbose_name="retries"),
        ),
        migrations.AddField(
            model_name="assistantrun",
            name="stop_requested",
            field=models.BooleanField(default=False, verbose_name="asked to stop"),
        ),
        migrations.AddField(
            model_name="assistantrun",
            name="tokens_reserved",
            field=models.PositiveIntegerField(default=0, verbose_name="tokens reserved"),
        ),
        migrations.AddField(
            model_name="assistantrun",
            name="withheld",
            field=models.PositiveIntegerField(default=0, verbose_name="withheld messages"),
        ),
        migrations.AddConstraint(
            model_name="assistantrun",
            constraint=models.UniqueConstraint(
                fields=("room", "trigger_seq", "attempt"), name="one_run_per_attempt"
            ),
        ),
    ]
