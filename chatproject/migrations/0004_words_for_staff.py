"""Give columns that staff see their names. The database does not change."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("chatproject", "0003_name_revocations"),
    ]

    operations = [
        migrations.AlterField(
            model_name="revocation",
            name="member_id",
            field=models.BigIntegerField(default=None, null=True, unique=True, verbose_name="member"),
        ),
    ]
