# Held messages keep that the assistant drafted them.

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messaging", "0023_epochs_and_personal_data")]

    operations = [
        migrations.AddField(
            model_name="heldmessage",
            name="assisted",
            field=models.BooleanField(db_default=False, default=False, verbose_name="written with the help of AI"),
        ),
    ]
