"""The pages: the viewer of one atlas with its manifest inlined, the list of many, the
description of the API, and what to do when there is nothing yet."""

from pathlib import Path
from shlex import quote

import orjson
from fastapi import APIRouter, Request, Response
from jinja2 import Environment, FileSystemLoader, select_autoescape
from markupsafe import Markup

from ganatlas.bundle.divergence import DivergenceEntry
from ganatlas.bundle.figures import FIGURES
from ganatlas.bundle.manifest import Progress
from ganatlas.bundle.reader import Bundle
from ganatlas.errors import BundleError, NotFoundError
from ganatlas.server.assets import Assets
from ganatlas.server.caching import IMMUTABLE, REVALIDATE, etag_of, not_modified
from ganatlas.server.catalogue import NotReadyError
from ganatlas.server.description import describe
from ganatlas.server.models import PageData
from ganatlas.server.services import Services, services_of
from ganatlas.server.version import program_version
from ganatlas.server.views import pyramid_version, summary_of, view_of

router = APIRouter(include_in_schema=False)
TEMPLATES = Path(__file__).parent.parent / "templates"
PICTURE_SIDE = 512
MANY = 6
"""Atlases from which the list has a search field."""

environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=select_autoescape(default=True))


@router.get("/")
async def get_start(request: Request) -> Response:
    catalogue = services_of(request).catalogue
    bundles, unavailable = catalogue.bundles(), catalogue.unavailable()
    if len(bundles) + len(unavailable) == 1:
        return _atlas_page(request, next(iter([*bundles, *unavailable])), "./")
    if not bundles and not unavailable:
        return _empty_page(request)
    return _list_page(request, bundles, unavailable)


@router.get("/list.js")
async def get_list_script() -> Response:
    content = (TEMPLATES / "list.js").read_bytes()
    return Response(content, headers={"cache-control": "public, max-age=3600"}, media_type="text/javascript")


@router.get("/a/{atlas}")
async def get_atlas_page(request: Request, atlas: str) -> Response:
    return _atlas_page(request, atlas, "../")


@router.get("/docs")
async def get_description(request: Request) -> Response:
    api = describe(request.app.openapi())
    names = {schema.name for schema in api.schemas}
    return html_answer(environment.get_template("api.html").render(root=root_of(request, "./"), api=api, names=names))


@router.get("/page.css")
async def get_style(request: Request) -> Response:
    content = (TEMPLATES / "page.css").read_bytes()
    return Response(content, headers={"cache-control": "public, max-age=3600"}, media_type="text/css")


@router.get("/static/{name:path}")
async def get_asset(request: Request, name: str) -> Response:
    asset = _assets(request).build().files.get(name)
    if asset is None:
        raise NotFoundError(f"The viewer has no file '{name[:200]}'.")
    headers = {
        "etag": etag_of(asset.version),
        "cache-control": f"public, {IMMUTABLE}" if asset.hashed else REVALIDATE,
        "vary": "accept-encoding",
    }
    if not_modified(request, asset.version):
        return Response(status_code=304, headers=headers)
    if asset.zipped is not None and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(asset.zipped, headers=headers | {"content-encoding": "gzip"}, media_type=asset.media_type)
    return Response(asset.content, headers=headers, media_type=asset.media_type)


def _atlas_page(request: Request, name: str, up: str) -> Response:
    root = root_of(request, up)
    catalogue = services_of(request).catalogue
    try:
        bundle = catalogue.get(name)
    except NotReadyError as error:
        progress = catalogue.progress(name)
        return message_answer(root, "This atlas is being built", error.message, refresh=True, progress=progress)
    except NotFoundError as error:
        return message_answer(root, "No such atlas", error.message, status=404)
    except BundleError as error:
        return message_answer(root, "This atlas is damaged", error.message, status=503)
    build = _assets(request).build()
    data = PageData(
        root=root,
        atlas=view_of(name, bundle),
        atlases=[summary_of(other, each) for other, each in catalogue.bundles().items()],
        program=program_version(),
    )
    return html_answer(
        environment.get_template("viewer.html").render(
            root=root, title=bundle.manifest.title, data=inline_json(data), scripts=build.scripts, styles=build.styles
        )
    )


def _list_page(request: Request, bundles: dict[str, Bundle], unavailable: dict[str, BundleError]) -> Response:
    root, services = root_of(request, "./"), services_of(request)
    atlases = [
        {
            "summary": summary_of(name, bundle),
            "manifest": bundle.manifest,
            "picture": _picture(root, name, bundle),
            "headline": headline_of(services, bundle),
        }
        for name, bundle in bundles.items()
    ]
    progress = {name: services.catalogue.progress(name) for name in unavailable}
    waiting = {name for name, error in unavailable.items() if isinstance(error, NotReadyError)}
    template = environment.get_template("list.html")
    return html_answer(
        template.render(
            root=root, atlases=atlases, unavailable=unavailable, progress=progress, waiting=waiting, many=MANY, figures=FIGURES
        )
    )


def _empty_page(request: Request) -> Response:
    """Nothing to show: what to run, so that there is."""
    settings = services_of(request).settings
    # The folder is the business of whoever started the server, and of nobody further away.
    near = settings.host in {"127.0.0.1", "::1", "localhost"} and settings.paths
    folder = settings.paths[0].as_posix() if near else "FOLDER"
    return message_answer(
        root_of(request, "./"),
        "No atlas yet",
        "There is no atlas in this folder yet. Build one there from your images, or the embedded demo, and it appears here:",
        refresh=True,
        commands=(
            f"ganatlas compare REAL GENERATED -o {quote(f'{folder}/mine.atlas')}",
            f"ganatlas demo --build-only -o {quote(f'{folder}/demo.atlas')}",
        ),
    )


def headline_of(services: Services, bundle: Bundle) -> DivergenceEntry | None:
    """The greatest corrected JS of an atlas among entries with enough samples; None where it has none, or it is damaged."""
    ref = bundle.manifest.divergence
    if ref is None:
        return None

    def find() -> DivergenceEntry | None:
        entries = [entry for entry in bundle.divergence().entries if entry.valid and not entry.is_self]
        return max(entries, key=lambda entry: entry.js_corrected, default=None)

    try:
        found: DivergenceEntry | None = services.derived.get(("headline", ref.sha256), find, size=lambda _: 500)
    except BundleError:
        return None  # the list says what it can; the atlas's own page names the damaged file
    return found


def _picture(root: str, name: str, bundle: Bundle) -> str | None:
    """The whole map of the last layer as one tile."""
    for layer in reversed(bundle.manifest.layers):
        for grid in layer.grids:
            for pyramid in grid.icons:
                side, level = max(pyramid.width, pyramid.height), (max(pyramid.width, pyramid.height) - 1).bit_length()
                while side > min(PICTURE_SIDE, pyramid.tile_size):
                    side, level = -(-side // 2), level - 1
                base = f"{root}api/v1/atlases/{name}/layers/{layer.name}/grids/{grid.size}/icons/{pyramid.kind}/{pyramid.of}"
                return f"{base}_files/{level}/0_0.webp?v={pyramid_version(pyramid)}"
    return None


def message_answer(
    root: str,
    title: str,
    text: str,
    *,
    status: int = 200,
    refresh: bool = False,
    progress: Progress | None = None,
    commands: tuple[str, ...] = (),
) -> Response:
    """A page with something to say."""
    template = environment.get_template("message.html")
    return html_answer(
        template.render(
            root=root, title=title, text=text, refresh=refresh, progress=progress, commands=commands, home=status >= 400
        ),
        status,
    )


def html_answer(content: str, status: int = 200) -> Response:
    """A page, which is never kept."""
    return Response(content, status, {"cache-control": "no-store"}, media_type="text/html")


def root_of(request: Request, up: str) -> str:
    """Prefix of every URL: the root path where one is set; else relative, which is right behind any proxy."""
    root_path = services_of(request).settings.root_path
    return f"{root_path}/" if root_path else up


def _assets(request: Request) -> Assets:
    assets: Assets = request.app.state.assets
    return assets


def inline_json(data: PageData) -> Markup:
    """JSON that cannot end the script element it is in, nor be read as markup."""
    text = orjson.dumps(data.model_dump()).decode()
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)
