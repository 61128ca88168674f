from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outgoing", "0001_endpoints_and_events")]

    operations = [
        migrations.AddField(
            model_name="endpointstate",
            name="test_id",
            field=models.BigIntegerField(default=None, null=True),
        ),
    ]
