"""How many of the private rooms of a day are with strangers."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rooms", "0017_requests_blocks_and_log")]

    operations = [
        migrations.AddField(
            model_name="roomsmade",
            name="strangers",
            field=models.PositiveIntegerField(default=0),
        ),
    ]
