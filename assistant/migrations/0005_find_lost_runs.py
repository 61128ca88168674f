"""An index for the sweep that ends the answers of dead processes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assistant", "0004_budgets")]

    operations = [
        migrations.AddIndex(
            model_name="assistantrun",
            index=models.Index(fields=["state", "lease_until"], name="run_by_lease"),
        ),
    ]
