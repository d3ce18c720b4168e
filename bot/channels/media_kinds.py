"""What a file is, by its first bytes. Only kinds that cannot run in a browser are known here.

SVG, HTML and everything else is None: it is not kept, whatever it calls itself.
"""

STARTS = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
    b"OggS": "audio/ogg",
    b"#!AMR": "audio/amr",
    b"ID3": "audio/mpeg",
    b"\xff\xfb": "audio/mpeg",
    b"\xff\xf3": "audio/mpeg",
    b"\xff\xf2": "audio/mpeg",
    b"\xff\xf1": "audio/aac",
    b"\xff\xf9": "audio/aac",
    b"%PDF-": "application/pdf",
    b"BEGIN:VCARD": "text/vcard",
}
SOUND_BRANDS = (b"M4A ", b"M4B ")  # of the box that an MP4 file begins with
ENDINGS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "audio/ogg": "ogg",
    "audio/amr": "amr",
    "audio/mpeg": "mp3",
    "audio/aac": "aac",
    "audio/mp4": "m4a",
    "video/mp4": "mp4",
    "application/pdf": "pdf",
    "text/vcard": "vcf",
}


def kind_of(data: bytes) -> str | None:
    """Its content type, or None for what is not to be kept."""
    for start, kind in STARTS.items():
        if data.startswith(start):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:8] == b"ftyp":
        return "audio/mp4" if data[8:12] in SOUND_BRANDS else "video/mp4"
    return None
