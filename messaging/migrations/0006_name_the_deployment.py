"""The name that tells this deployment from others on the same Redis; given when a process first asks for it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messaging", "0005_keep_order")]

    operations = [
        migrations.CreateModel(
            name="Deployment",
            fields=[
                ("deployment_id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=32)),
            ],
            options={"db_table": "chat_deployment"},
        ),
    ]
