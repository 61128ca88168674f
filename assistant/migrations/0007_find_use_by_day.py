"""An index for what sums up, orders or deletes the use of some days."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assistant", "0006_find_runs_by_time")]

    operations = [
        migrations.AddIndex(
            model_name="usage",
            index=models.Index(fields=["scope", "day"], name="usage_by_scope_and_day"),
        ),
    ]
