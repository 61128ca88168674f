"""How often somebody tried to sign in as staff."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.CreateModel(
            name="SignInLine",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("ends_at", models.DateTimeField()),
            ],
            options={
                "db_table": "staff_sign_in_lines",
                "indexes": [models.Index(fields=["ends_at"], name="sign_in_lines_by_end")],
            },
        ),
    ]
