"""The name that tells this deployment from others on the same Redis; kept in the database that makes it one."""

import uuid
from contextlib import suppress

from django.db import IntegrityError, connection

from chatproject.transactions import in_one_transaction
from messaging.models import Deployment


def deployment_name() -> str:
    """What tells this deployment from others that use the same Redis; made when first asked for."""
    found = Deployment.objects.filter(pk=Deployment.ONLY).first()
    if found is None:
        made = Deployment(name=uuid.uuid4().hex)
        with suppress(IntegrityError):  # another process was first
            _insert_deployment(made)
        found = Deployment.objects.get(pk=Deployment.ONLY)
    # databases beside each other on one server may be copies of each other
    return uuid.uuid5(uuid.UUID(found.name), str(connection.settings_dict["NAME"])).hex


@in_one_transaction
def _insert_deployment(deployment: Deployment) -> None:
    deployment.save(force_insert=True)


@in_one_transaction
def rename_deployment() -> None:
    """Give the deployment a new name. Processes that run learn it when they are started again."""
    Deployment.objects.update_or_create(pk=Deployment.ONLY, defaults={"name": uuid.uuid4().hex})
