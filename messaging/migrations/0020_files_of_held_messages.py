from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messaging", "0019_count_files")]

    operations = [
        migrations.AddField(
            model_name="heldmessage", name="files", field=models.TextField(blank=True, default="")
        ),
    ]
