"""Images: the stored bytes, the patch, the trace; and the pyramids of icons."""

import io

import numpy as np
import pytest
from fastapi.testclient import TestClient
from PIL import Image
from serving import API, GRID

from ganatlas.bundle.reader import Bundle
from ganatlas.server.models import ExamplePage, TraceView


def picture(content: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))


def test_an_image_comes_as_the_bytes_that_are_stored(client: TestClient, bundle: Bundle) -> None:
    for number in (0, 7, 149):
        answer = client.get(f"{API}/datasets/gan-a/images/{number}")
        assert answer.headers["content-type"] == "image/webp"
        assert answer.content == bundle.dataset("gan-a").webp(number)


@pytest.mark.parametrize("number", [150, -1, 10**30])
def test_an_image_that_is_not_there_is_404_and_says_which_are(client: TestClient, number: int) -> None:
    for tail in ("", "/patch?layer=early", "/trace"):
        answer = client.get(f"{API}/datasets/real/images/{number}{tail}")
        assert answer.status_code == 404
        assert "0 to 149" in answer.json()["error"]["message"]


def test_a_patch_is_what_its_box_outlines(client: TestClient, bundle: Bundle) -> None:
    items = []
    for layer in ("early", "late"):
        url = f"{API}/layers/{layer}/grids/10/cells"
        cells = client.get(url).json()
        page = client.get(f"{url}/{cells['column'][0]}/{cells['row'][0]}/examples?dataset=real&limit=3").json()
        items += [(layer, item) for item in ExamplePage.model_validate(page).items]
    assert items
    for layer, item in items:
        whole = picture(bundle.dataset("real").webp(item.image))
        patch = picture(
            client.get(f"{API}/datasets/real/images/{item.image}/patch?layer={layer}&position={item.position}").content
        )
        height, width = whole.shape[:2]
        assert item.box is not None
        x0, y0 = int(item.box.x0 * width + 1e-6), int(item.box.y0 * height + 1e-6)
        # Small patches are stored without loss, so that they are exactly a part of the image.
        assert np.array_equal(patch, whole[y0 : y0 + patch.shape[0], x0 : x0 + patch.shape[1]])
        assert abs(patch.shape[1] - (item.box.x1 - item.box.x0) * width) < 2
        assert abs(patch.shape[0] - (item.box.y1 - item.box.y0) * height) < 2


def test_each_position_of_an_image_has_a_patch_and_others_are_404(client: TestClient) -> None:
    url = f"{API}/datasets/real/images/3/patch?layer=early"
    assert client.get(url).content == client.get(f"{url}&position=0").content
    assert client.get(f"{url}&position=1").status_code == 200
    answer = client.get(f"{url}&position=2")
    assert (answer.status_code, answer.json()["error"]["detail"]["choices"]) == (404, [0, 1])
    assert client.get(f"{API}/datasets/real/images/3/patch?layer=nope").status_code == 404
    assert client.get(f"{API}/datasets/real/images/3/patch").status_code == 422


def test_a_trace_has_every_position_in_every_layer(client: TestClient, bundle: Bundle) -> None:
    trace = TraceView.model_validate(client.get(f"{API}/datasets/gan-b/images/11/trace").json())
    assert [(stop.layer, stop.position) for stop in trace.stops] == [(layer, p) for layer in ("early", "late") for p in (0, 1)]
    for stop in trace.stops:
        layer = bundle.layer(stop.layer)
        assert (layer.points("dataset")[stop.point], layer.points("image")[stop.point]) == (2, 11)
        assert stop.x == pytest.approx(float(layer.points("x")[stop.point]))
        assert stop.outside == (not (0 <= stop.x < 1 and 0 <= stop.y < 1))


def test_a_pyramid_is_complete_from_one_pixel_to_full_size(client: TestClient, bundle: Bundle) -> None:
    pyramid = bundle.pyramid("early", 20, "exemplar", "real")
    dzi = client.get(f"{GRID}/icons/exemplar/real.dzi")
    assert dzi.headers["content-type"] == "application/xml"
    assert f'Width="{pyramid.width}"' in dzi.text
    top = (pyramid.width - 1).bit_length()
    for level in range(top + 1):
        side = -(-pyramid.width // (1 << (top - level)))
        tiles = -(-side // pyramid.tile_size)
        for column in range(tiles):
            answer = client.get(f"{GRID}/icons/exemplar/real_files/{level}/{column}_0.webp")
            assert answer.headers["content-type"] == "image/webp"
            image = Image.open(io.BytesIO(answer.content))
            assert image.width == min(pyramid.tile_size, side - column * pyramid.tile_size)
        assert client.get(f"{GRID}/icons/exemplar/real_files/{level}/{tiles}_0.webp").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "exemplar/nobody.dzi",
        "inverted/joint.dzi",
        "..%2f..%2fmanifest.json/joint.dzi",
        "exemplar/..%2f..%2f..%2fmanifest.dzi",
        "exemplar/joint_files/0/0_0.png",
        "exemplar/joint_files/0/SHA256SUMS",
        "exemplar/joint_files/-1/0_0.webp",
        "exemplar/joint_files/..%2f0/0_0.webp",
        "exemplar/joint-00000000.dzi",
    ],
)
def test_nothing_but_named_icons_and_tiles_is_served(client: TestClient, path: str) -> None:
    answer = client.get(f"{GRID}/icons/{path}")
    assert answer.status_code in {404, 422}
    assert set(answer.json()) == {"error"}
