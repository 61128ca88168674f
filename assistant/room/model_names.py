"""Which model wrote what the assistant said: known before it is said, so that it can be told with it."""

from collections.abc import Collection, Mapping

from assistant.models import AssistantRun


def name_model(run_id: str, *, asked: str, served: str) -> None:
    """Write down which model answers; how it ends is written down when it has."""
    under_way = AssistantRun.objects.filter(run_id=run_id, state__in=AssistantRun.UNDER_WAY)
    under_way.update(model_asked=asked, model_served=served)


def models_of(client_ids: Collection[str]) -> Mapping[str, str]:
    """The models of the answers with these client ids. What no model said, or long ago, is left out."""
    runs = AssistantRun.objects.filter(run_id__in=client_ids)
    names = runs.values_list("run_id", "model_served", "model_asked")
    return {run_id: served or asked for run_id, served, asked in names if served or asked}
