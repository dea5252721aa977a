"""Thumbs: sizes, cuts, formats, and that each is made once."""

import io
import threading

import pytest
from django.core.files.base import ContentFile
from PIL import Image, ImageChops, ImageFilter, ImageStat

from storage_app import blobs, thumb_images, thumbs
from storage_app.thumbs import NoThumb

RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)
SIZES = [
    "50x50",
    "60x20t",
    "60x20b",
    "60x20f",
    "10x0",
    "10x0t",
    "0x200",
    "100x100f",
    "3x3",
    "200x300",
]


def stripes(width, height):
    """Return an image that is red on top, green in the middle, blue below."""
    image = Image.new("RGB", (width, height), GREEN)
    image.paste(RED, (0, 0, width, height // 3))
    image.paste(BLUE, (0, height - height // 3, width, height))
    return image


def smooth(width, height):
    image = Image.new("RGB", (width, height))
    image.putdata(
        [(x * 255 // width, y * 255 // height, 128) for y in range(height) for x in range(width)]
    )
    return image


def encoded(image, format_name="PNG", **options):
    out = io.BytesIO()
    image.save(out, format_name, **options)
    return out.getvalue()


def rendered(content, size, format_name="PNG"):
    return Image.open(io.BytesIO(thumb_images.render(io.BytesIO(content), size, format_name)))


@pytest.mark.parametrize(
    ("source", "size", "expected"),
    [
        ((30, 90), "50x50", (50, 50)),
        ((30, 90), "60x20t", (60, 20)),
        ((30, 90), "60x20f", (6, 20)),
        ((30, 90), "100x100f", (30, 90)),
        ((30, 90), "10x0", (10, 30)),
        ((30, 90), "10x0t", (10, 30)),
        ((30, 90), "0x180", (60, 180)),
        ((1, 500), "5x0", (5, 2500)),
        ((500, 1), "5x0", (5, 1)),
        ((500, 1), "5x5f", (5, 1)),
        ((300, 200), "00x10", (15, 10)),
        ((300, 200), "100x100", (100, 100)),
        ((300, 200), "300x200", (300, 200)),
        ((300, 200), "600x600", (600, 600)),
    ],
)
def test_size(source, size, expected):
    assert thumb_images.resized(Image.new("RGB", source), size).size == expected


@pytest.mark.parametrize(
    ("size", "top", "bottom"),
    [("60x20t", RED, RED), ("60x20b", BLUE, BLUE), ("60x20", GREEN, GREEN), ("60x180", RED, BLUE)],
)
@pytest.mark.parametrize("source", [(60, 180), (200, 600)])
def test_cut(source, size, top, bottom):
    made = thumb_images.resized(stripes(*source), size)
    assert made.getpixel((30, 2)) == top
    assert made.getpixel((30, made.height - 3)) == bottom


def test_orientation_is_applied_first():
    exif = Image.Exif()
    exif[0x0112] = 6
    content = encoded(Image.new("RGB", (40, 20)), "JPEG", exif=exif)
    made = rendered(content, "100x0", "JPEG")
    assert made.size == (100, 200)
    assert made.getexif().get(0x0112, 1) == 1


def test_first_frame_of_a_gif():
    frames = [Image.new("RGB", (20, 20), color) for color in (RED, BLUE)]
    content = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    made = rendered(content, "10x10", "GIF")
    assert (made.format, getattr(made, "n_frames", 1)) == ("GIF", 1)
    assert made.convert("RGB").getpixel((5, 5)) == RED


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_modes(mode):
    content = encoded(Image.new(mode, (20, 20)), "TIFF")
    assert rendered(content, "10x10").size == (10, 10)


def test_transparency_is_kept():
    made = rendered(encoded(Image.new("RGBA", (20, 20), (255, 0, 0, 0))), "10x10")
    assert made.getpixel((5, 5))[3] == 0


def test_huge_images_are_not_opened():
    content = encoded(Image.new("1", (8_000, 8_000)))
    with pytest.raises(NoThumb):
        thumb_images.render(io.BytesIO(content), "10x10", "PNG")


@pytest.mark.parametrize("size", ["100000x100000", "0x1000000", "10000x0"])
def test_huge_thumbs_are_not_made(size):
    with pytest.raises(NoThumb):
        thumb_images.resized(Image.new("RGB", (20, 20)), size)


@pytest.mark.parametrize(
    ("size", "configured", "offered"),
    [
        ("100x100", (), True),
        ("50x50", ("50x50",), True),
        ("50x50", ("050x50",), False),
        ("100x100t", (), False),
        ("", (), False),
    ],
)
def test_is_offered(size, configured, offered):
    assert thumbs.is_offered(size, configured) is offered


def test_ensure_stores_beside_the_original(stored_files):
    blobs.write("c/r/a.webp", ContentFile(encoded(stripes(60, 60), "WEBP")), "image/webp")
    key = thumbs.ensure(blobs.find("c/r/a.webp"), "100x100").key
    assert key == "c/r/thumbs_a.webp/100x100_a.webp"
    assert blobs.find(key).content_type == "image/png"
    with blobs.open_blob(key) as file:
        assert Image.open(file).format == "PNG"


def test_ensure_makes_each_once(stored_files, monkeypatch):
    blobs.write("c/r/a.png", ContentFile(encoded(stripes(60, 60))), "image/png")
    made = []
    render = thumb_images.render

    def counted(*arguments):
        made.append(arguments)
        return render(*arguments)

    monkeypatch.setattr(thumb_images, "render", counted)
    threads = [
        threading.Thread(target=thumbs.ensure, args=(blobs.find("c/r/a.png"), "100x100"))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1


def test_no_image_makes_no_thumb(stored_files):
    blobs.write("c/r/a.png", ContentFile(b"\x89PNG\r\n\x1a\nbroken"), "image/png")
    with pytest.raises(NoThumb):
        thumbs.ensure(blobs.find("c/r/a.png"), "100x100")
    assert not blobs.exists(thumbs.key_of("c/r/a.png", "100x100"))


def test_waiting_has_an_end(stored_files, monkeypatch):
    monkeypatch.setattr(thumbs, "MAX_WAIT_S", 0.05)
    blobs.write("c/r/a.png", ContentFile(encoded(stripes(60, 60))), "image/png")
    key = thumbs.key_of("c/r/a.png", "100x100")
    with thumbs._alone(key), pytest.raises(NoThumb):
        thumbs.ensure(blobs.find("c/r/a.png"), "100x100")


@pytest.mark.pocketbase
@pytest.mark.parametrize("source", [(30, 90), (240, 160), (99, 300), (333, 111)])
def test_as_pocketbase(pocketbase, source):
    fields = [{"type": "file", "name": "file", "thumbs": SIZES}]
    name = f"thumbs_{source[0]}"
    pocketbase.http.post("/api/collections", json={"name": name, "fields": fields})
    content = encoded(smooth(*source))
    path = f"/api/collections/{name}/records"
    record = pocketbase.http.post(path, files={"file": ("a.png", content)}).json()
    url = f"/api/files/{name}/{record['id']}/{record['file']}"
    for size in SIZES:
        answer = pocketbase.guest.get(url, params={"thumb": size})
        theirs = Image.open(io.BytesIO(answer.content)).convert("RGB")
        ours = rendered(content, size).convert("RGB")
        assert (size, ours.size) == (size, theirs.size)
        difference = ImageStat.Stat(ImageChops.difference(ours, theirs))
        assert max(difference.mean) < 1.5, size


@pytest.mark.pocketbase
@pytest.mark.parametrize(("format_name", "orientation"), [("JPEG", 1), ("JPEG", 6), ("PNG", 1)])
def test_large_pictures_as_pocketbase(pocketbase, format_name, orientation):
    """Where the decoder and plain averages do most of the work, no eye can tell the difference."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    noise = Image.effect_noise((1600, 900), 60).filter(ImageFilter.GaussianBlur(2)).convert("RGB")
    noise.paste(stripes(400, 600), (100, 100))
    content = encoded(noise, format_name, exif=exif)
    sizes = ["50x50", "300x100t", "200x200f", "320x0"]
    name = f"large_{format_name}_{orientation}"
    fields = [{"type": "file", "name": "file", "thumbs": sizes}]
    pocketbase.http.post("/api/collections", json={"name": name, "fields": fields})
    path = f"/api/collections/{name}/records"
    record = pocketbase.http.post(path, files={"file": ("a.png", content)}).json()
    for size in sizes:
        url = f"/api/files/{name}/{record['id']}/{record['file']}"
        answer = pocketbase.guest.get(url, params={"thumb": size})
        theirs = Image.open(io.BytesIO(answer.content)).convert("RGB")
        ours = rendered(content, size, format_name).convert("RGB")
        assert (size, ours.size) == (size, theirs.size)
        difference = ImageStat.Stat(ImageChops.difference(ours, theirs))
        assert max(difference.mean) < 3, size
