"""What she sent, for staff to hear or look at. Each opening is recorded; nothing in it can run."""

from io import BytesIO

from flask import Blueprint, Response, abort, send_file
from werkzeug.wrappers import Response as AnyResponse

from bot.channels.media_kinds import ENDINGS
from bot.store.media import attachment
from bot.store.sealed import read_sealed
from bot.web.access import may
from bot.web.alerts import MOST_ID
from bot.web.here import parts, sight
from bot.web.reading import record_reading

page = Blueprint("media", __name__, url_prefix="/media")
SHOWN = ("audio/", "image/", "video/")  # in the page; everything else is handed over as a file


@page.get(f"/<int(max={MOST_ID}):media_id>")
@may("read")
def file(media_id: int) -> AnyResponse | Response:
    """One attachment, as what its content is."""
    with parts().database.reading() as db:
        found = attachment(db, media_id, sight=sight())
    if found is None or found.state != "kept":
        abort(404)
    path = parts().settings.media_folder / found.file
    if not path.is_file():
        abort(404)
    content = read_sealed(path, key=parts().database.key)
    if found.participant_id is not None:
        record_reading((found.participant_id,))
    else:
        record_reading((), addresses=(found.address_id,) if found.address_id else ())
    return send_file(
        BytesIO(content),  # at most 16 MiB
        mimetype=found.content_type,
        as_attachment=not found.content_type.startswith(SHOWN),
        download_name=f"attachment-{found.id}.{ENDINGS[found.content_type]}",
        conditional=True,
        etag=False,
    )
