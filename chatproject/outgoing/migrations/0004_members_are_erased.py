from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("outgoing", "0003_files_are_told_of"),
    ]

    operations = [
        migrations.AlterField(
            model_name="outgoingevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("message", "a message"),
                    ("mention", "somebody to notify"),
                    ("changed", "a message changed"),
                    ("file", "a file that was sent"),
                    ("joined", "a member came in"),
                    ("left", "a member left"),
                    ("sanction", "a sanction"),
                    ("report", "a report"),
                    ("concern", "somebody may need help"),
                    ("read", "a read mark"),
                    ("erased", "a member was erased"),
                    ("test", "a test"),
                ],
                max_length=10,
                verbose_name="kind",
            ),
        ),
    ]
