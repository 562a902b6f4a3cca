"""The printed report of an atlas: one page that works without a script."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from markupsafe import Markup

from ganatlas.bundle.metrics import MetricFigure
from ganatlas.commands.metrics_tables import interval, number
from ganatlas.errors import GanatlasError
from ganatlas.server.errors import status_of
from ganatlas.server.report import make_report
from ganatlas.server.services import services_of
from ganatlas.server.version import program_version
from ganatlas.server.views import images_version

from .page import TEMPLATES, environment, html_answer, message_answer, root_of

router = APIRouter(include_in_schema=False)


@router.get("/a/{atlas}/report")
def get_report(request: Request, atlas: str, pair: Annotated[str | None, Query(description="FIRST~SECOND")] = None) -> Response:
    root = root_of(request, "../../")
    try:
        bundle = services_of(request).catalogue.get(atlas)
        report = make_report(bundle, pair)
    except GanatlasError as error:
        return message_answer(root, "There is no such report", error.message, status=status_of(error)[0])
    manifest = bundle.manifest
    return html_answer(
        environment.get_template("report.html").render(
            root=root,
            name=atlas,
            manifest=manifest,
            report=report,
            heatmap=Markup(report.heatmap),
            titles={dataset.name: dataset.title for dataset in manifest.datasets},
            versions={dataset.name: images_version(dataset) for dataset in manifest.datasets},
            program=program_version(),
            number=number,
            said=_said,
        )
    )


@router.get("/report.css")
async def get_report_style() -> Response:
    content = (TEMPLATES / "report.css").read_bytes()
    return Response(content, headers={"cache-control": "public, max-age=3600"}, media_type="text/css")


def _said(figure: MetricFigure | None) -> tuple[str, str, str]:
    """(value, interval, what it is read beside) of a figure, empty where there is none."""
    if figure is None:
        return "", "", ""
    beside = ""
    if figure.baseline is not None:
        beside = f"{number(figure.at_baseline, 3)} : {number(figure.baseline, 3)}"
    elif figure.floor is not None:
        beside = f"floor {number(figure.floor, 3)}"
    return number(figure.value), interval(figure, " – "), beside
