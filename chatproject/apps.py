"""The Django application `chatproject`: commands, templates, static files and translations; and Django's admin."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.translation import gettext_lazy as _
from stamina import instrumentation

from chatproject.database.link import guard_links
from chatproject.logs import log_retry


class ChatProjectConfig(AppConfig):
    name = "chatproject"
    verbose_name = _("Access")

    def ready(self) -> None:
        guard_links()
        instrumentation.set_on_retry_hooks([log_retry])


class StaffAdminConfig(admin_apps.AdminConfig):
    default = False  # of this module: it is named in INSTALLED_APPS
    default_site = "chatproject.staff.site.StaffSite"
