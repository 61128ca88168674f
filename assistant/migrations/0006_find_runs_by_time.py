"""An index for what counts or deletes the assistant's runs of some days."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assistant", "0005_find_lost_runs")]

    operations = [
        migrations.AddIndex(
            model_name="assistantrun",
            index=models.Index(fields=["created_at"], name="run_by_time"),
        ),
    ]
